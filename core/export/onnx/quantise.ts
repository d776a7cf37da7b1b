/** Weights that share one scale. */
export const BLOCK = 32;
/** What stands for zero in an unsigned byte. */
export const ZERO_POINT = 128;

/** A matrix `[rows, width]` in bytes, `(byte - 128) * scale`, a scale for each block of 32 along its rows. */
export interface Quantised {
	/** `[rows, blocks, 32]`; the last block of a row is filled up with zeros. */
	bytes: Uint8Array;
	/** `[rows, blocks]`. */
	scales: Float32Array;
}

/** Rounds each block to 255 steps, symmetric about zero: no weight moves by more than 1/254 of its block's largest. */
export function quantise(values: Float32Array, rows: number, width: number): Quantised {
	const blocks = Math.ceil(width / BLOCK);
	const bytes = new Uint8Array(rows * blocks * BLOCK).fill(ZERO_POINT);
	const scales = new Float32Array(rows * blocks);
	for (let row = 0; row < rows; row++) {
		for (let block = 0; block < blocks; block++) {
			const start = row * width + block * BLOCK;
			const end = Math.min(start + BLOCK, (row + 1) * width);
			let largest = 0;
			for (let i = start; i < end; i++) largest = Math.max(largest, Math.abs(values[i] as number));
			if (largest === 0) continue;
			const at = row * blocks + block;
			scales[at] = largest / 127;
			const factor = 127 / largest;
			for (let i = start; i < end; i++)
				bytes[at * BLOCK + i - start] = ZERO_POINT + Math.round((values[i] as number) * factor);
		}
	}
	return { bytes, scales };
}
