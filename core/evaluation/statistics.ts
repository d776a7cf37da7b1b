import { Random } from "../training/random.ts";

/** Lower and upper end of a 95 % confidence interval. */
export type Interval = [number, number];

/** The 97.5 % quantile of the standard normal distribution. */
const Z = 1.959963984540054;
const RESAMPLES = 10_000;

/** The share of `correct` among `n` with its Wilson score interval, which stays within [0, 1]; [0, 1] of none. */
export function wilson(correct: number, n: number): Interval {
	if (n === 0) return [0, 1];
	const p = correct / n;
	const z2 = Z * Z;
	const centre = p + z2 / (2 * n);
	const spread = Z * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n));
	const bound = (x: number) => Math.min(1, Math.max(0, x / (1 + z2 / n)));
	return [correct === 0 ? 0 : bound(centre - spread), correct === n ? 1 : bound(centre + spread)];
}

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
