import { AppError } from "../contract/errors.ts";
import type { Method } from "../contract/run.ts";
import { isCorrect, isPair, isScored, sidesOf } from "../datasets/outcome.ts";
import type { Example } from "../datasets/types.ts";
import { losses } from "../losses/index.ts";
import type { TrainingRows } from "../losses/loss.ts";

/** An example chosen for training; `pair` numbers the preference pair that it is one side of. */
export type TrainingRow = Example & { readonly pair?: number };

/** What each kind of method takes from a data set. */
const SELECTIONS: Record<TrainingRows, (examples: readonly Example[]) => TrainingRow[]> = {
	responses: (examples) => examples.filter((e) => e.response !== undefined || e.reference !== undefined),
	correct: (examples) => examples.filter((e) => isScored(e) && isCorrect(e)),
	scored: (examples) => examples.filter(isScored),
	pairs: (examples) =>
		examples.filter(isPair).flatMap((example, pair) => sidesOf(example).map((side) => ({ ...side, pair }))),
};

/** The rows a method can learn from; held-out data may hold others, for grading. */
export function selectRows(method: Method, examples: readonly Example[]): TrainingRow[] {
	return SELECTIONS[losses[method].rows](examples);
}

/** Refuses training data that the method cannot learn from, and says how to get what it needs. Throws `data-invalid`. */
export function requireRows(method: Method, examples: readonly Example[], path: string): void {
	const { rows } = losses[method];
	if (rows === "responses") return;
	const name = method.toUpperCase();
	const fits = rows === "pairs" ? isPair : isScored;
	const bad = examples.filter((e) => !fits(e));
	if (bad.length > 0) {
		const lacks =
			rows === "pairs" ? "no chosen and rejected response" : "no response with a reward or a label";
		throw new AppError({
			code: "data-invalid",
			message: `${path}: ${bad.length} of ${examples.length} rows have ${lacks}, the first is row ${bad[0]?.row}.`,
			hint: `${name} learns from ${rows === "pairs" ? "pairs" : "scored responses"}. ${remedy(rows, bad, path)}`,
		});
	}
	if (rows !== "correct" || examples.length === 0 || examples.some(isCorrect)) return;
	throw new AppError({
		code: "data-invalid",
		message: `${path}: none of the ${examples.length} responses to train on is correct.`,
		hint: `${name} imitates correct responses. Sample more with \`dqo generate --n\`, or train with --method dqo, which learns from wrong ones too.`,
	});
}

/** How rows of another form become what the method needs. */
function remedy(rows: TrainingRows, bad: readonly Example[], path: string): string {
	if (rows !== "pairs") {
		return bad.every(isPair)
			? "These rows are pairs: train with --method dpo."
			: "Sample some with `dqo generate` and label them with `dqo grade`, or train with --method sft.";
	}
	return bad.every(isScored)
		? `Build them from these scored responses: \`dqo pairs --data ${path} --out pairs.jsonl\`.`
		: "Sample responses with `dqo generate`, label them with `dqo grade`, then build pairs with `dqo pairs`.";
}
