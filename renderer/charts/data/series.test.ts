import { describe, expect, it } from "vitest";
import { PyramidColumn } from "./pyramid.ts";
import { Series } from "./series.ts";

describe("Series", () => {
	it("debiases the exponential mean", () => {
		// a = .5: s1 = .5*4 = 2, w1 = .5, mean 4; s2 = 1 + .5*8 = 5, w2 = .75, mean 6.6667.
		const s = new Series(
			[
				{ step: 1, value: 4 },
				{ step: 2, value: 8 },
			],
			0.5,
		);
		expect(s.ema.at(0)).toBeCloseTo(4, 12);
		expect(s.ema.at(1)).toBeCloseTo(20 / 3, 12);
	});

	it("decays by the steps that passed, not by points", () => {
		// a = .5^3 = .125: s = .125*2 + .875*8 = 7.25, w = .0625 + .875 = .9375.
		const s = new Series(
			[
				{ step: 1, value: 4 },
				{ step: 4, value: 8 },
			],
			0.5,
		);
		expect(s.ema.at(1)).toBeCloseTo(7.25 / 0.9375, 12);
	});

	it("breaks the line at a gap and around a NaN, and carries the mean over it", () => {
		const s = new Series(
			[
				{ step: 1, value: 4 },
				{ step: 2, value: null },
				{ step: 3, value: 4 },
				{ step: 4, value: Number.NaN },
				{ step: 5, value: 4 },
			],
			0.5,
		);
		expect(s.length).toBe(4);
		expect(s.breaks).toEqual([1, 2, 3]);
		expect(s.bad).toEqual([2]);
		expect(s.ema.at(2)).toBeNaN();
		expect(s.ema.at(3)).toBeCloseTo(4, 12);
	});

	it("replaces the steps that a resumed run takes again", () => {
		const s = new Series();
		for (let step = 1; step <= 100; step++) s.append({ step, value: step, timeS: step });
		s.append({ step: 51, value: 7 });
		expect(s.length).toBe(51);
		expect(s.value.at(50)).toBe(7);
		expect(s.value.extent(0, 51, { min: 0, max: 0 })).toEqual({ min: 1, max: 50 });
	});

	it("tells its listeners, and falls back to steps when a run gave no times", () => {
		const s = new Series();
		let calls = 0;
		const stop = s.subscribe(() => calls++);
		s.append({ step: 1, value: 1 });
		stop();
		s.append({ step: 2, value: 1 });
		expect(calls).toBe(1);
		expect(s.x("time")).toBe(s.step);
	});
});

describe("PyramidColumn", () => {
	it("gives the extent of every range as a plain scan does, NaN left out", () => {
		const column = new PyramidColumn();
		const plain: number[] = [];
		let seed = 7;
		for (let i = 0; i < 700; i++) {
			seed = (seed * 16_807) % 2_147_483_647;
			const v = seed % 11 === 0 ? Number.NaN : (seed % 1_000) / 10;
			column.push(v);
			plain.push(v);
		}
		for (const [from, to] of [
			[0, 700],
			[3, 5],
			[8, 64],
			[7, 577],
			[512, 700],
			[690, 690],
			[1, 513],
		] as const) {
			const numbers = plain.slice(from, to).filter((v) => !Number.isNaN(v));
			const got = column.extent(from, to, { min: 0, max: 0 });
			expect(got.min).toBe(numbers.length ? Math.min(...numbers) : Number.NaN);
			expect(got.max).toBe(numbers.length ? Math.max(...numbers) : Number.NaN);
		}
	});
});
