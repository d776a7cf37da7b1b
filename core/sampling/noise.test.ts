import { describe, expect, it } from "vitest";
import { writeGumbel } from "./noise.ts";
import { philox } from "./philox.ts";

describe("philox", () => {
	// Known answers of the Random123 library, philox4x32 with 10 rounds.
	const answers: [counter: number[], key: number[], out: number[]][] = [
		[
			[0, 0, 0, 0],
			[0, 0],
			[0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
		],
		[
			[0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
			[0xffffffff, 0xffffffff],
			[0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
		],
		[
			[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
			[0xa4093822, 0x299f31d0],
			[0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
		],
	];
	it.each(answers)("has the known answer of counter %j", (counter, key, expected) => {
		const [c0, c1, c2, c3] = counter as [number, number, number, number];
		const [k0, k1] = key as [number, number];
		const out = new Uint32Array(4);
		philox(out, c0, c1, c2, c3, k0, k1);
		expect([...out]).toEqual(expected);
	});
});

describe("writeGumbel", () => {
	const draw = (count: number, at: Partial<Parameters<typeof writeGumbel>[3]>) => {
		const out = new Float32Array(count);
		writeGumbel(out, 0, count, { seed: 1, prompt: 2, sample: 3, step: 4, ...at });
		return out;
	};

	it("has the mean and variance of the standard Gumbel distribution", () => {
		const noise = draw(200_000, {});
		const mean = noise.reduce((sum, x) => sum + x, 0) / noise.length;
		const variance = noise.reduce((sum, x) => sum + (x - mean) ** 2, 0) / noise.length;
		expect(mean).toBeCloseTo(0.5772, 1.7);
		expect(variance).toBeCloseTo(Math.PI ** 2 / 6, 1.5);
	});

	it("differs with each of seed, prompt, sample and step, and does not with the count", () => {
		const base = draw(8, {});
		for (const change of [{ seed: 2 }, { seed: 1 + 2 ** 32 }, { prompt: 3 }, { sample: 4 }, { step: 5 }]) {
			expect(draw(8, change)).not.toEqual(base);
		}
		expect(draw(3, {})).toEqual(base.slice(0, 3));
	});
});
