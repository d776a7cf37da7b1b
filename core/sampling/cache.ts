import type { HostTensor } from "../runtime/tensors.ts";

/** A key or value cache of one layer, `[batch, length, width]`; the batch axis is counted in whole heads. */
export function cacheTensor(
	batch: number,
	length: number,
	width: number,
): HostTensor & { data: Float32Array } {
	return { shape: [batch, length, width], data: new Float32Array(batch * length * width) };
}

/** Writes sequence `from` of `source [n, t, width]` into sequence `to` of `target [m, length, width]`, from `position` on. */
export function copySequence(
	source: HostTensor,
	from: number,
	target: HostTensor,
	to: number,
	position: number,
): void {
	const [, steps, width] = source.shape as [number, number, number];
	const length = target.shape[1] as number;
	const size = steps * width;
	const rows = (source.data as Float32Array).subarray(from * size, (from + 1) * size);
	(target.data as Float32Array).set(rows, (to * length + position) * width);
}

/**
 * The cache that the next run starts from: past and recent tokens of the sequences still running, closed up.
 * `moves[to]` is the number of the sequence that goes there.
 */
export function repack(past: HostTensor, recent: HostTensor, moves: readonly number[]): HostTensor {
	const [, before, width] = past.shape as [number, number, number];
	const added = recent.shape[1] as number;
	const next = cacheTensor(moves.length, before + added, width);
	for (const [to, from] of moves.entries()) {
		copySequence(past, from, next, to, 0);
		copySequence(recent, from, next, to, before);
	}
	return next;
}

/** The chosen sequences of a cache, in the order given. */
export function selectSequences(cache: HostTensor, chosen: readonly number[]): HostTensor {
	const [, length, width] = cache.shape as [number, number, number];
	const next = cacheTensor(chosen.length, length, width);
	for (const [to, from] of chosen.entries()) copySequence(cache, from, next, to, 0);
	return next;
}
