/** How closely two measured series move together. */
export interface Correlation {
	/** Pearson's r and Spearman's rho; null where one of the series does not vary. */
	readonly pearson: number | null;
	readonly spearman: number | null;
	readonly n: number;
}

/** Pearson's and Spearman's correlation of paired measurements. */
export function correlation(x: readonly number[], y: readonly number[]): Correlation {
	return { pearson: pearson(x, y), spearman: pearson(ranks(x), ranks(y)), n: x.length };
}

/** Pearson's r: covariance over the product of standard deviations; null when either is 0. */
export function pearson(x: readonly number[], y: readonly number[]): number | null {
	const [meanX, meanY] = [mean(x), mean(y)];
	let [xx, yy, xy] = [0, 0, 0];
	for (let i = 0; i < x.length; i++) {
		const [dx, dy] = [(x[i] as number) - meanX, (y[i] as number) - meanY];
		xx += dx * dx;
		yy += dy * dy;
		xy += dx * dy;
	}
	return xx === 0 || yy === 0 ? null : Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy)));
}

/** Ranks from 1, ties sharing the mean of theirs. */
export function ranks(values: readonly number[]): number[] {
	const order = values.map((_, i) => i).sort((a, b) => (values[a] as number) - (values[b] as number));
	const result = Array<number>(values.length).fill(0);
	for (let i = 0; i < order.length; ) {
		let j = i;
		while (j < order.length && values[order[j] as number] === values[order[i] as number]) j++;
		const rank = (i + 1 + j) / 2;
		for (; i < j; i++) result[order[i] as number] = rank;
	}
	return result;
}

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
