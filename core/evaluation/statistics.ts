import type { Interval } from "../grading/wilson.ts";
import { Random } from "../training/random.ts";

const RESAMPLES = 10_000;

/**
 * Chance that at least one of k responses drawn from n without replacement is correct, of which `correct` are:
 * `1 - C(n - c, k) / C(n, k)`, the unbiased estimator of pass@k (Chen et al. 2021).
 */
export function passAtK(n: number, correct: number, k: number): number {
	if (k > n) throw new Error(`pass@${k} needs ${k} samples, there are ${n}`);
	if (n - correct < k) return 1;
	let none = 1;
	for (let i = n - correct + 1; i <= n; i++) none *= 1 - k / i;
	return 1 - none;
}

/** The answer given most often, the earliest among equals; null when there is none. Responses without an answer do not vote. */
export function majorityVote(answers: readonly (string | null)[]): string | null {
	const votes = new Map<string, number>();
	for (const answer of answers) if (answer !== null) votes.set(answer, (votes.get(answer) ?? 0) + 1);
	let best: string | null = null;
	for (const [answer, count] of votes)
		if (best === null || count > (votes.get(best) as number)) best = answer;
	return best;
}

/** Percentile bootstrap interval of a mean: `values` drawn with replacement, the same for the same seed. Null of none. */
export function bootstrapMean(values: readonly number[], seed: number): Interval | null {
	const n = values.length;
	if (n === 0) return null;
	const random = new Random("bootstrap", seed);
	const means = Float64Array.from({ length: RESAMPLES }, () => {
		let sum = 0;
		for (let i = 0; i < n; i++) sum += values[Math.floor(random.next() * n)] as number;
		return sum / n;
	}).sort();
	const at = (share: number) => means[Math.round(share * (RESAMPLES - 1))] as number;
	return [at(0.025), at(0.975)];
}

/**
 * McNemar's test of two proportions on the same problems: with b problems won by one side alone and c by the other, b is
 * binomial (b + c, 1/2) if both are equally good. Two-sided p-values: exact, and mid-p (less conservative).
 */
export function mcnemar(b: number, c: number): { exact: number; midP: number } {
	const n = b + c;
	const least = Math.min(b, c);
	let logMass = -n * Math.LN2;
	let below = 0;
	let mass = 0;
	for (let i = 0; i <= least; i++) {
		mass = Math.exp(logMass);
		below += mass;
		logMass += Math.log((n - i) / (i + 1));
	}
	return { exact: Math.min(1, 2 * below), midP: Math.min(1, 2 * below - mass) };
}
