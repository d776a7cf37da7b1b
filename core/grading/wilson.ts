/** Lower and upper end of a 95 % confidence interval. */
export type Interval = [number, number];

/** The 97.5 % quantile of the standard normal distribution. */
const Z = 1.959963984540054;

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
