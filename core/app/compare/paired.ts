import type { Paired } from "../../contract/api-tasks.ts";
import { AppError } from "../../contract/errors.ts";
import { bootstrapMean, mcnemar } from "../../evaluation/statistics.ts";
import { type Interval, wilson } from "../../grading/wilson.ts";

/** Problems that are given back in full; those on which the sides differ come first. */
const MOST_PROBLEMS = 500;

export interface Answered {
	readonly row: number;
	readonly prompt: string;
	readonly reference: string | null;
	readonly correct: boolean;
	readonly extracted: string | null;
	readonly response: string;
}

export interface Answers {
	readonly id: string;
	readonly label: string;
	readonly step: number | null;
	readonly answers: readonly Answered[];
}

export interface PairInput {
	readonly sides: readonly Answers[];
	readonly notes: readonly string[];
}

/**
 * Sides on the problems that all of them answered, paired by the prompt's text. Takes seconds for many sides, so it is asked of a
 * thread. Throws `data-empty` when there is none.
 */
export function pairAnswers({ sides, notes }: PairInput): Paired {
	const byPrompt = sides.map(({ answers }) => new Map(answers.map((answer) => [answer.prompt, answer])));
	const [first] = byPrompt;
	const problems = [...(first?.values() ?? [])].flatMap(({ prompt }) => {
		const answers = byPrompt.map((answers) => answers.get(prompt));
		return answers.every((answer) => answer !== undefined) ? [answers] : [];
	});
	const n = problems.length;
	if (n === 0) {
		throw new AppError({
			code: "data-empty",
			message: "They have no problem in common.",
			hint: "Compare runs with the same held-out problems, or evaluate them on one data set.",
		});
	}
	const marks = sides.map((_, i) => problems.map((answers) => answers[i]?.correct === true));
	const left = sides.flatMap(({ label, answers }) =>
		answers.length > n ? [`${answers.length - n} problems of ${label} were not answered by all.`] : [],
	);
	const cut =
		n > MOST_PROBLEMS ? [`${MOST_PROBLEMS} of the ${n} problems are listed, those that differ first.`] : [];
	return {
		n,
		sides: sides.map(({ id, label, step }, i) => {
			const correct = (marks[i] as boolean[]).filter(Boolean).length;
			return { id, label, step, correct, accuracy: correct / n, interval: wilson(correct, n) };
		}),
		pairs: pairsOf(marks),
		problems: differingFirst(problems)
			.slice(0, MOST_PROBLEMS)
			.map((answers) => ({
				row: answers[0]?.row ?? 0,
				prompt: answers[0]?.prompt ?? "",
				reference: answers.find(({ reference }) => reference !== null)?.reference ?? null,
				answers: answers.map(({ correct, extracted, response }) => ({ correct, extracted, response })),
			})),
		notes: [...notes, ...left, ...cut],
	};
}

/** A conversation as the text of its messages, as runs keep it with their samples. */
export function promptText(prompt: string | readonly { content: string }[]): string {
	return typeof prompt === "string" ? prompt : prompt.map(({ content }) => content).join("\n");
}

/** McNemar's test of two sides on the same problems. */
export function pairOf(a: readonly boolean[], b: readonly boolean[]) {
	const onlyA = a.filter((mark, i) => mark && !b[i]).length;
	const onlyB = b.filter((mark, i) => mark && !a[i]).length;
	return { onlyA, onlyB, p: mcnemar(onlyA, onlyB).exact };
}

function pairsOf(marks: readonly boolean[][]): Paired["pairs"] {
	return marks.flatMap((a, i) =>
		marks.slice(i + 1).map((b, k) => {
			const differences = a.map((mark, at) => Number(b[at]) - Number(mark));
			const difference = differences.reduce((sum, d) => sum + d, 0) / differences.length;
			const interval: Interval = bootstrapMean(differences, 0) ?? [0, 0];
			return { a: i, b: i + 1 + k, ...pairOf(a, b), difference, interval };
		}),
	);
}

function differingFirst(problems: readonly Answered[][]): Answered[][] {
	const differs = (answers: readonly Answered[]) =>
		answers.some(({ correct }) => correct !== answers[0]?.correct);
	return [...problems.filter(differs), ...problems.filter((answers) => !differs(answers))];
}
