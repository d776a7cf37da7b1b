import { AppError } from "../contract/errors.ts";
import type { Method } from "../contract/run.ts";
import type { Example } from "../datasets/types.ts";
import { losses } from "../losses/index.ts";
import type { TrainingRows } from "../losses/loss.ts";

/** An example chosen for training; `pair` numbers the preference pair that it is one side of. */
export type TrainingRow = Example & { readonly pair?: number };

const isScored = (e: Example) =>
	e.response !== undefined && (e.reward !== undefined || e.label !== undefined);
const isPair = (e: Example) => e.chosen !== undefined && e.rejected !== undefined;

/** Whether a scored response counts as correct: its label, else a reward above one half; null when neither is there. */
export function isCorrect({ label, reward }: Example): boolean | null {
	if (label !== undefined) return label;
	return reward === undefined ? null : reward > 0.5;
}

/** What each kind of method takes from a data set. */
const SELECTIONS: Record<TrainingRows, (examples: readonly Example[]) => TrainingRow[]> = {
	responses: (examples) => examples.filter((e) => e.response !== undefined || e.reference !== undefined),
	correct: (examples) => examples.filter((e) => isScored(e) && isCorrect(e)),
	scored: (examples) => examples.filter(isScored),
	pairs: (examples) =>
		examples.filter(isPair).flatMap((example, pair) => {
			const { chosen, rejected, ...rest } = example;
			return [
				{ ...rest, pair, response: chosen, label: true },
				{ ...rest, pair, response: rejected, label: false },
			];
		}),
};

/** The rows a method can learn from; held-out data may hold others, for grading. */
export function selectRows(method: Method, examples: readonly Example[]): TrainingRow[] {
	return SELECTIONS[losses[method].rows](examples);
}

/** Refuses training data that the method cannot learn from, and says how to get what it needs. Throws `data-invalid`. */
export function requireRows(method: Method, examples: readonly Example[], path: string): void {
	const { rows } = losses[method];
	if (rows === "responses") return;
	const bad = examples.filter((e) => !(rows === "pairs" ? isPair(e) : isScored(e)));
	if (bad.length === 0) return;
	const name = method.toUpperCase();
	const scored = bad.every(isScored);
	throw new AppError({
		code: "data-invalid",
		message: `${path}: ${bad.length} of ${examples.length} rows have no ${rows === "pairs" ? "chosen and rejected response" : "response with a reward or label"}, the first is row ${bad[0]?.row}.`,
		hint:
			rows !== "pairs"
				? `${name} learns from scored responses. Sample some with \`dqo generate\` and label them with \`dqo grade\`, or train with --method sft.`
				: scored
					? `${name} learns from pairs. Build them from these scored responses: \`dqo pairs --data ${path} --out pairs.jsonl\`.`
					: `${name} learns from pairs. Sample responses with \`dqo generate\`, label them with \`dqo grade\`, then build pairs with \`dqo pairs\`.`,
	});
}
