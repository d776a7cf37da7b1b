/**
 * Moves labels apart along one axis: each stays as near as it can to its wish, at least `gap` from its neighbours, inside `[low, high]`.
 * Returns the positions in the order of `wishes`. When they cannot all fit, they are spaced evenly.
 */
export function spread(wishes: readonly number[], gap: number, low: number, high: number): number[] {
	const order = wishes.map((_, i) => i).sort((a, b) => (wishes[a] as number) - (wishes[b] as number));
	const room = high - low;
	const space = order.length > 1 ? Math.min(gap, room / (order.length - 1)) : 0;
	const placed = new Array<number>(wishes.length).fill(0);
	let floor = low;
	for (const i of order) {
		placed[i] = Math.max(floor, Math.min(high, wishes[i] as number));
		floor = (placed[i] as number) + space;
	}
	let ceiling = high;
	for (const i of order.toReversed()) {
		placed[i] = Math.min(placed[i] as number, ceiling);
		ceiling = (placed[i] as number) - space;
	}
	return placed;
}
