import { f16ToF32, f32ToF16 } from "../../models/hf/dtypes.ts";
import { Q8_BLOCK, Q8_BLOCK_BYTES } from "./layout.ts";

/**
 * Quantises to Q8_0 as ggml's reference does, bit for bit: in each block of 32 the scale is the largest magnitude / 127,
 * stored in half precision, and each value a whole number of scales, halves rounded away from zero. All in float32.
 */
export function quantiseQ8(source: Float32Array, target: Uint8Array): void {
	const bytes = new Int8Array(target.buffer, target.byteOffset, target.byteLength);
	const scales = new Float32Array(source.length / Q8_BLOCK);
	for (let block = 0; block < scales.length; block++) {
		const start = block * Q8_BLOCK;
		let largest = 0;
		for (let i = start; i < start + Q8_BLOCK; i++) {
			const magnitude = Math.abs(source[i] as number);
			if (magnitude > largest) largest = magnitude;
		}
		const scale = Math.fround(largest / 127);
		scales[block] = scale;
		const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
		const at = block * Q8_BLOCK_BYTES + 2;
		for (let i = 0; i < Q8_BLOCK; i++) {
			const steps = Math.fround((source[start + i] as number) * inverse);
			bytes[at + i] = steps < 0 ? steps - 0.5 : steps + 0.5; // stored cut towards zero
		}
	}
	const halves = new Uint16Array(scales.length);
	f32ToF16(scales, halves);
	for (const [block, half] of halves.entries()) {
		target[block * Q8_BLOCK_BYTES] = half & 0xff;
		target[block * Q8_BLOCK_BYTES + 1] = half >>> 8;
	}
}

/** The float32 values that Q8_0 blocks stand for: scale times byte. */
export function dequantiseQ8(source: Uint8Array, target: Float32Array): void {
	const bytes = new Int8Array(source.buffer, source.byteOffset, source.byteLength);
	const halves = new Uint16Array(target.length / Q8_BLOCK);
	for (let block = 0; block < halves.length; block++) {
		const at = block * Q8_BLOCK_BYTES;
		halves[block] = (source[at] as number) | ((source[at + 1] as number) << 8);
	}
	const scales = new Float32Array(halves.length);
	f16ToF32(halves, scales);
	for (let block = 0; block < halves.length; block++) {
		const at = block * Q8_BLOCK_BYTES + 2;
		for (let i = 0; i < Q8_BLOCK; i++)
			target[block * Q8_BLOCK + i] = (bytes[at + i] as number) * (scales[block] as number);
	}
}
