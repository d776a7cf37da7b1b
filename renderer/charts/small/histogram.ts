/** Bins `[edges[i], edges[i + 1])` with their counts. */
export interface Bins {
	edges: readonly number[];
	counts: readonly number[];
	/** How many of each are cut; where left out, all of those that begin at the limit or above. */
	cut?: readonly number[];
}

/**
 * Counts values in at most `maxBins` equal bins whose width is a power of two, so that limits such as 1,024 fall on an edge; the last bin
 * takes the maximum.
 */
export function powerBins(values: Iterable<number>, maxBins = 24): Bins {
	const all = [...values].filter(Number.isFinite);
	const top = all.reduce((a, b) => Math.max(a, b), 0);
	let width = 1;
	while (Math.floor(top / width) + 1 > maxBins) width *= 2;
	const counts = new Array<number>(Math.floor(top / width) + 1).fill(0);
	for (const v of all) counts[Math.floor(v / width)] = (counts[Math.floor(v / width)] ?? 0) + 1;
	return { edges: Array.from({ length: counts.length + 1 }, (_, i) => i * width), counts };
}

/** Height of a bar in 0 to 1; what is there at all stays visible. */
export function barHeight(count: number, most: number): number {
	return count === 0 || most === 0 ? 0 : Math.max(0.01, count / most);
}
