/** A seeded generator of numbers in 0..1 (mulberry32), so that a failing check fails again. */
export function seeded(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let t = state;
		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** Floats in `from..to` on a grid of 2^-10, so that a step by a power of two is exact in float32. */
export function uniform(random: () => number, count: number, from: number, to: number): Float32Array {
	return Float32Array.from(
		{ length: count },
		() => Math.round((from + (to - from) * random()) * 1024) / 1024,
	);
}
