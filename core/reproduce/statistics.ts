/** Two-sided 95 % quantiles of Student's t for 1, 2, 3 ... degrees of freedom. */
const T_95 = [
	12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
	2.12, 2.11, 2.101, 2.093, 2.086,
];

export type Interval = readonly [low: number, high: number];

/** Several measurements of one thing. */
export interface Summary {
	readonly mean: number;
	/** Sample standard deviation (n - 1); 0 for a single value. */
	readonly std: number;
	readonly n: number;
	/** 95 % confidence interval of the mean by Student's t; null for a single value. */
	readonly interval: Interval | null;
}

/** Mean, deviation and 95 % interval of at least one value. */
export function summarise(values: readonly number[]): Summary {
	const n = values.length;
	if (n === 0) throw new Error("nothing to summarise");
	const mean = values.reduce((sum, x) => sum + x, 0) / n;
	const std = n === 1 ? 0 : Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1));
	if (n === 1) return { mean, std, n, interval: null };
	const half = (quantile(n - 1) * std) / Math.sqrt(n);
	return { mean, std, n, interval: [mean - half, mean + half] };
}

/** Beyond the table the normal quantile with its first correction is right to two digits. */
const quantile = (freedom: number): number => T_95[freedom - 1] ?? 1.96 + 2.4 / freedom;

/** Summary of the differences of paired values, `a[i] - b[i]`. */
export function differences(a: readonly number[], b: readonly number[]): Summary {
	if (a.length !== b.length) throw new Error(`${a.length} values paired with ${b.length}`);
	return summarise(a.map((x, i) => x - (b[i] as number)));
}

/** Mean of each position over rows of equal length. */
export function meanRow(rows: readonly (readonly number[])[]): number[] {
	const width = Math.min(...rows.map((row) => row.length));
	return Array.from(
		{ length: width },
		(_, i) => rows.reduce((sum, row) => sum + (row[i] as number), 0) / rows.length,
	);
}
