import type { Feed, HostTensor } from "../runtime/tensors.ts";
import type { CacheStore } from "./cache-store.ts";

/** Caches in the computer's memory: they go in and out with every run. */
export const hostStore: CacheStore = {
	join: async (parts, length) => {
		const batch = parts.reduce((sum, { shape }) => sum + (shape[0] as number), 0);
		const [first] = parts as readonly [HostTensor];
		if (parts.length === 1 && first.shape[1] === length) return first;
		const all = cacheTensor(batch, length, first.shape[2] as number);
		let to = 0;
		for (const part of parts as readonly HostTensor[])
			for (let i = 0; i < (part.shape[0] as number); i++) copySequence(part, i, all, to++, 0);
		return all;
	},

	repack: async (past, recent, moves) => {
		const [, before, width] = past.shape as [number, number, number];
		const next = cacheTensor(moves.length, before + (recent.shape[1] as number), width);
		for (const [to, from] of moves.entries()) {
			copySequence(past, from, next, to, 0);
			copySequence(recent, from, next, to, before);
		}
		return next;
	},

	select: async (cache, chosen) => {
		const [, length, width] = cache.shape as [number, number, number];
		const next = cacheTensor(chosen.length, length, width);
		for (const [to, from] of chosen.entries()) copySequence(cache, from, next, to, 0);
		return next;
	},
};

function cacheTensor(batch: number, length: number, width: number): HostTensor & { data: Float32Array } {
	return { shape: [batch, length, width], data: new Float32Array(batch * length * width) };
}

/** Writes sequence `from` of `source [n, t, width]` into sequence `to` of `target [m, length, width]`, from `position` on. */
function copySequence(source: Feed, from: number, target: HostTensor, to: number, position: number): void {
	const [, steps, width] = source.shape as [number, number, number];
	const length = target.shape[1] as number;
	const size = steps * width;
	const rows = ((source as HostTensor).data as Float32Array).subarray(from * size, (from + 1) * size);
	(target.data as Float32Array).set(rows, (to * length + position) * width);
}
