import type { DecoderConfig } from "../models/config.ts";

/** Samples of one prompt that are drawn together, because they share its cache. */
export interface Unit {
	promptIndex: number;
	/** Sample numbers `first .. first + count - 1`. */
	first: number;
	count: number;
}

export interface Budget {
	/** Rows decoded together at most. */
	rows: number;
	/** Bytes of caches and logits at most. */
	bytes: number;
}

/**
 * Cuts the work into batches that fit the budget: prompts of like length together, the longest first, so that too
 * little memory shows at once. A prompt with more samples than rows is cut into several units.
 */
export function planBatches(
	lengths: readonly number[],
	n: number,
	newTokens: number,
	config: DecoderConfig,
	budget: Budget,
): Unit[][] {
	const units: Unit[] = [];
	const order = lengths
		.map((_, i) => i)
		.sort((a, b) => (lengths[b] as number) - (lengths[a] as number) || a - b);
	for (const promptIndex of order) {
		for (let first = 0; first < n; first += budget.rows) {
			units.push({ promptIndex, first, count: Math.min(budget.rows, n - first) });
		}
	}
	const tokenBytes = config.layers * 2 * config.kvHeads * config.headDim * 4;
	const batches: Unit[][] = [];
	let batch: Unit[] = [];
	let rows = 0;
	let bytes = 0;
	for (const unit of units) {
		// Past, recent and the copy that repacking makes; logits, their softmax and one more.
		const rowBytes = 2.5 * newTokens * tokenBytes + 3 * 4 * config.vocabSize;
		const unitBytes = (lengths[unit.promptIndex] as number) * tokenBytes * 2 + unit.count * rowBytes;
		const full = rows + unit.count > budget.rows || bytes + unitBytes > budget.bytes;
		if (batch.length > 0 && full) {
			batches.push(batch);
			[batch, rows, bytes] = [[], 0, 0];
		}
		batch.push(unit);
		rows += unit.count;
		bytes += unitBytes;
	}
	if (batch.length > 0) batches.push(batch);
	return batches;
}
