import { philox } from "./philox.ts";

const block = new Uint32Array(4);

/**
 * Writes Gumbel noise for one token: `count` values from `offset`, by rank. It depends on the seed, the prompt, the sample and
 * the step alone, so a response is the same whatever else is drawn beside it.
 */
export function writeGumbel(
	out: Float32Array,
	offset: number,
	count: number,
	at: { seed: number; prompt: number; sample: number; step: number },
): void {
	const high = Math.floor(at.seed / 2 ** 32);
	for (let i = 0; i < count; i++) {
		if (i % 4 === 0) philox(block, i / 4, at.step, at.sample, at.prompt, at.seed, high);
		// The half keeps the uniform number inside (0, 1).
		const uniform = ((block[i % 4] as number) + 0.5) / 2 ** 32;
		out[offset + i] = -Math.log(-Math.log(uniform));
	}
}
