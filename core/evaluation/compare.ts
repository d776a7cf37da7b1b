import type { Comparison, Side } from "../contract/comparison.ts";
import { AppError } from "../contract/errors.ts";
import { type Interval, wilson } from "../grading/wilson.ts";
import type { EvaluationRecord } from "./records.ts";
import { bootstrapMean, mcnemar } from "./statistics.ts";

export interface RecordPair {
	readonly a: EvaluationRecord;
	readonly b: EvaluationRecord;
}

/** Records of one problem in both evaluations, in the order of the first. Throws `data-empty` when there is none. */
export function pairRecords(a: readonly EvaluationRecord[], b: readonly EvaluationRecord[]): RecordPair[] {
	const key = ({ prompt }: EvaluationRecord) => JSON.stringify(prompt);
	const others = new Map(b.map((record) => [key(record), record]));
	const pairs = a.flatMap((record) => {
		const other = others.get(key(record));
		return other ? [{ a: record, b: other }] : [];
	});
	if (pairs.length > 0) return pairs;
	throw new AppError({
		code: "data-empty",
		message: "The two evaluations have no problem in common.",
		hint: "Evaluate both on the same file.",
	});
}

/** Pairs the records of two evaluations by prompt and says who won what. Throws `data-empty` when no prompt is in both. */
export function compare(
	a: readonly EvaluationRecord[],
	b: readonly EvaluationRecord[],
	seed = 0,
): Comparison {
	const pairs = pairRecords(a, b);
	const n = pairs.length;
	const side = (labels: readonly boolean[]): Side => {
		const correct = labels.filter(Boolean).length;
		return { accuracy: correct / n, correct, interval: wilson(correct, n) };
	};
	const [sideA, sideB] = [side(pairs.map((p) => p.a.label)), side(pairs.map((p) => p.b.label))];
	const decided = (which: typeof pairs) =>
		which.map((p) => ({ row: p.a.row, prompt: p.a.prompt, a: p.a.completion, b: p.b.completion }));
	const wonByA = decided(pairs.filter((p) => p.a.label && !p.b.label));
	const wonByB = decided(pairs.filter((p) => p.b.label && !p.a.label));
	const differences = pairs.map((p) => Number(p.b.label) - Number(p.a.label));
	return {
		n,
		onlyInA: a.length - n,
		onlyInB: b.length - n,
		a: sideA,
		b: sideB,
		bothCorrect: pairs.filter((p) => p.a.label && p.b.label).length,
		bothWrong: pairs.filter((p) => !p.a.label && !p.b.label).length,
		difference: sideB.accuracy - sideA.accuracy,
		interval: bootstrapMean(differences, seed) as Interval,
		mcnemar: mcnemar(wonByA.length, wonByB.length),
		sampled: compareSampled(pairs, seed),
		wonByA,
		wonByB,
	};
}

function compareSampled(pairs: readonly RecordPair[], seed: number): Comparison["sampled"] {
	const shares: { a: number; b: number }[] = [];
	for (const pair of pairs) {
		const [a, b] = [shareOf(pair.a), shareOf(pair.b)];
		if (a === null || b === null) return null;
		shares.push({ a, b });
	}
	const mean = (of: (share: { a: number; b: number }) => number) =>
		shares.reduce((sum, share) => sum + of(share), 0) / shares.length;
	const differences = shares.map(({ a, b }) => b - a);
	return {
		a: mean(({ a }) => a),
		b: mean(({ b }) => b),
		difference: mean(({ a, b }) => b - a),
		interval: bootstrapMean(differences, seed) as Interval,
	};
}

/** Share of a problem's sampled responses that are correct; null when none was sampled. */
function shareOf({ samples = [] }: EvaluationRecord): number | null {
	return samples.length === 0 ? null : samples.filter(({ label }) => label).length / samples.length;
}
