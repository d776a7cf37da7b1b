import { MAPPED_BYTES } from "../../graph/serialise.ts";
import type { LoraAdapter } from "./peft.ts";
import type { TensorSource } from "./safetensors.ts";

/**
 * The merged weight `W + scale B A` of a linear layer, in a new array; the product is summed in float64 and rounded once.
 * Shapes, row-major: `w` `[out, in]`, `a` `[rank, in]`, `b` `[out, rank]`. Source: Hu et al. 2021 (LoRA), section 4.1.
 */
export function mergeLora(
	w: Float32Array,
	a: Float32Array,
	b: Float32Array,
	sizes: { out: number; in: number; rank: number },
	scale: number,
): Float32Array {
	const { out, in: width, rank } = sizes;
	if (w.length !== out * width || a.length !== rank * width || b.length !== out * rank) {
		throw new Error(
			`sizes ${out}x${width}, rank ${rank} do not fit ${w.length}, ${a.length}, ${b.length} values`,
		);
	}
	const merged = new Float32Array(w.length);
	const delta = new Float64Array(width);
	for (let row = 0; row < out; row++) {
		delta.fill(0);
		for (let k = 0; k < rank; k++) {
			const factor = scale * (b[row * rank + k] as number);
			const start = k * width;
			for (let j = 0; j < width; j++) delta[j] = (delta[j] as number) + factor * (a[start + j] as number);
		}
		const start = row * width;
		for (let j = 0; j < width; j++) merged[start + j] = (w[start + j] as number) + (delta[j] as number);
	}
	return merged;
}

/**
 * A model's tensors with the adapter merged in; each is computed when loaded, in the base tensor's own format on disk. Where
 * the base is so large that it is mapped, graphs keep the adapter apart and share the base: nothing is computed or written.
 */
export function mergedTensors(
	base: ReadonlyMap<string, TensorSource>,
	adapter: LoraAdapter,
	apartAboveBytes = MAPPED_BYTES,
): Map<string, TensorSource> {
	const merged = new Map(base);
	const scale = adapter.alpha / adapter.rank;
	const numbers = [...base.values()].reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
	const apart = 4 * numbers > apartAboveBytes;
	for (const [module, { a, b }] of adapter.modules) {
		const name = `${module}.weight`;
		const weight = base.get(name);
		const [out, width] = weight?.shape ?? [];
		if (weight === undefined || out === undefined || width === undefined) {
			throw new Error(`the adapter changes ${name}, which the model does not have`);
		}
		const sizes = { out, in: width, rank: adapter.rank };
		const load = () => mergeLora(weight.load(), a.load(), b.load(), sizes, scale);
		const lowRank = apart ? { lowRank: { base: weight, a, b, scale } } : {};
		merged.set(name, { shape: weight.shape, dtype: weight.dtype, load, ...lowRank });
	}
	return merged;
}
