import { expect, test } from "vitest";
import { quantise } from "./quantise.ts";

test("blocks of 32 along each row have a scale of their own; zeros stay zeros, the largest reaches the end", () => {
	// Two rows of 40: a block of 32 and one of 8.
	const values = new Float32Array(80);
	values[0] = -12.7;
	values[1] = 6.35;
	values[33] = 0.254;
	values[40] = 1e-3;
	const { bytes, scales } = quantise(values, 2, 40);
	expect(bytes).toHaveLength(2 * 2 * 32);
	expect([...scales].map((scale) => Number(scale.toPrecision(6)))).toEqual(
		[0.1, 0.002, 0.001 / 127, 0].map((x) => Number(x.toPrecision(6))),
	);
	expect([bytes[0], bytes[1], bytes[2], bytes[33], bytes[34], bytes[63], bytes[64]]).toEqual([
		1, 192, 128, 255, 128, 128, 255,
	]);
	expect(new Set(bytes.subarray(96))).toEqual(new Set([128]));
});

test("no weight moves by more than half a step of its block", () => {
	const values = Float32Array.from({ length: 6 * 70 }, (_, i) => Math.sin(i * 1.7) * 10 ** ((i % 7) - 3));
	const { bytes, scales } = quantise(values, 6, 70);
	for (const [i, value] of values.entries()) {
		const [row, column] = [Math.floor(i / 70), i % 70];
		const block = row * 3 + Math.floor(column / 32);
		const scale = scales[block] as number;
		const back = ((bytes[block * 32 + (column % 32)] as number) - 128) * scale;
		expect(Math.abs(back - value)).toBeLessThanOrEqual(scale * 0.5001);
	}
});
