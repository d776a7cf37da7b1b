import type { EvaluateResult } from "../contract/jobs.ts";
import { type Interval, wilson } from "../grading/wilson.ts";
import { accuracyOf, type GradedResponse, meanAndStd } from "./accuracy.ts";
import { bootstrapMean, majorityVote, passAtK } from "./statistics.ts";

/** Accuracy of one response a problem with its Wilson interval. */
export function accuracyWithInterval(answers: readonly GradedResponse[]): EvaluateResult["greedy"] {
	const correct = answers.filter(({ verdict }) => verdict.correct).length;
	return { accuracy: accuracyOf(answers), n: answers.length, interval: wilson(correct, answers.length) };
}

/** What several passes over the same problems say together; every pass answers every problem in the same order. */
export function summariseSampled(
	passes: readonly (readonly GradedResponse[])[],
	seed: number,
): EvaluateResult["sampled"] {
	const [first] = passes;
	if (first === undefined || first.length === 0) return null;
	const k = passes.length;
	const problems = first.map((_, i) => passes.map((pass) => pass[i] as GradedResponse));
	const counts = problems.map((own) => own.filter(({ verdict }) => verdict.correct).length);
	const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
	const won = problems.filter(majorityCorrect).length;
	return {
		...meanAndStd(passes.map(accuracyOf)),
		n: k,
		interval: bootstrapMean(
			counts.map((c) => c / k),
			seed,
		) as Interval,
		passAtK: powersUpTo(k).map((size) => ({
			k: size,
			value: mean(counts.map((c) => passAtK(k, c, size))),
		})),
		majority: { k, accuracy: won / problems.length, interval: wilson(won, problems.length) },
	};
}

/** Whether the answer that most responses give is right; responses with equal answers are graded alike. */
function majorityCorrect(responses: readonly GradedResponse[]): boolean {
	const winner = majorityVote(responses.map(({ verdict }) => verdict.extracted));
	return winner !== null && responses.some((r) => r.verdict.extracted === winner && r.verdict.correct);
}

/** 1, 2, 4 ... below n, and n. */
function powersUpTo(n: number): number[] {
	const sizes: number[] = [];
	for (let size = 1; size < n; size *= 2) sizes.push(size);
	return [...sizes, n];
}
