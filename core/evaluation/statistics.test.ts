import { describe, expect, it } from "vitest";
import { wilson } from "../grading/wilson.ts";
import { compare } from "./compare.ts";
import type { EvaluationRecord } from "./records.ts";
import { bootstrapMean, majorityVote, mcnemar, passAtK } from "./statistics.ts";

describe("wilson", () => {
	it("gives the interval of textbooks", () => {
		// 7 of 10: z^2 = 3.841459; centre (0.7 + 0.192073) / 1.384146 = 0.644493; spread 1.959964 * sqrt(0.021 +
		// 0.009603647) / 1.384146 = 0.247715.
		const [low, high] = wilson(7, 10);
		expect(low).toBeCloseTo(0.396778, 5);
		expect(high).toBeCloseTo(0.892209, 5);
		// At 0 of n the upper end is z^2 / (n + z^2).
		expect(wilson(0, 20)[0]).toBe(0);
		expect(wilson(0, 20)[1]).toBeCloseTo(3.841459 / 23.841459, 6);
		expect(wilson(20, 20)).toEqual([1 - wilson(0, 20)[1], 1].map((x) => expect.closeTo(x, 12)));
		expect(wilson(0, 0)).toEqual([0, 1]);
	});
});

describe("passAtK", () => {
	it("counts the draws without a correct response", () => {
		// C(3, 2) / C(5, 2) = 3 / 10; C(7, 5) / C(10, 5) = 21 / 252.
		expect(passAtK(5, 2, 2)).toBeCloseTo(0.7, 12);
		expect(passAtK(10, 3, 5)).toBeCloseTo(1 - 21 / 252, 12);
		expect(passAtK(8, 3, 1)).toBeCloseTo(3 / 8, 12);
		expect([passAtK(5, 0, 5), passAtK(5, 1, 5), passAtK(5, 4, 2)]).toEqual([0, 1, 1]);
		expect(() => passAtK(2, 1, 3)).toThrow("needs 3 samples");
	});
});

describe("majorityVote", () => {
	it("takes the most frequent answer, the earliest among equals, and no silence", () => {
		expect(majorityVote(["3", "5", "5", null, null, null])).toBe("5");
		expect(majorityVote(["4", "7", "7", "4"])).toBe("4");
		expect(majorityVote([null, null])).toBeNull();
	});
});

describe("bootstrapMean", () => {
	it("finds the quantiles of the binomial distribution", () => {
		// Means of 100 draws from half ones are Binomial(100, 1/2) / 100, whose 2.5 % and 97.5 % quantiles are 0.40 and 0.60.
		const [low, high] = bootstrapMean(
			Array.from({ length: 100 }, (_, i) => i % 2),
			1,
		) ?? [0, 0];
		expect(Math.abs(low - 0.4)).toBeLessThanOrEqual(0.01);
		expect(Math.abs(high - 0.6)).toBeLessThanOrEqual(0.01);
	});

	it("depends on the seed alone", () => {
		const values = Array.from({ length: 40 }, (_, i) => Math.sqrt(i));
		expect(bootstrapMean(values, 3)).toEqual(bootstrapMean(values, 3));
		expect(bootstrapMean(values, 3)).not.toEqual(bootstrapMean(values, 4));
		expect(bootstrapMean([0.25, 0.25], 0)).toEqual([0.25, 0.25]);
		expect(bootstrapMean([], 0)).toBeNull();
	});
});

describe("mcnemar", () => {
	it("adds up the tails of the binomial distribution", () => {
		// 3 against 9: 2 (1 + 12 + 66 + 220) / 2^12 = 598 / 4096, less the mass 220 / 4096 of 3 itself.
		expect(mcnemar(3, 9).exact).toBeCloseTo(598 / 4096, 12);
		expect(mcnemar(3, 9).midP).toBeCloseTo(378 / 4096, 12);
		expect(mcnemar(9, 3)).toEqual(mcnemar(3, 9));
		// 0 against 5: 2 / 32 and 1 / 32.
		expect(mcnemar(0, 5).exact).toBeCloseTo(2 / 32, 12);
		expect(mcnemar(0, 5).midP).toBeCloseTo(1 / 32, 12);
		// 2 against 2: 2 (1 + 4 + 6) / 16 is above 1; mid-p 22 / 16 - 6 / 16 = 1.
		expect(mcnemar(2, 2)).toEqual({ exact: 1, midP: expect.closeTo(1, 12) });
		expect(mcnemar(0, 0)).toEqual({ exact: 1, midP: 1 });
		expect(mcnemar(400, 500).exact).toBeGreaterThan(0);
	});
});

describe("compare", () => {
	const record = (row: number, label: boolean, samples?: boolean[]): EvaluationRecord => ({
		row,
		prompt: `problem ${row}`,
		completion: label ? "right" : "wrong",
		label,
		extracted: null,
		...(samples ? { samples: samples.map((own) => ({ label: own, extracted: null })) } : {}),
	});

	it("pairs by prompt and counts who won what", () => {
		const a = [record(1, true), record(2, true), record(3, false), record(4, false), record(9, true)];
		const b = [record(4, false), record(3, true), record(2, true), record(1, false)];
		const result = compare(a, b);
		expect(result).toMatchObject({ n: 4, onlyInA: 1, onlyInB: 0, bothCorrect: 1, bothWrong: 1 });
		expect(result.a).toEqual({ accuracy: 0.5, correct: 2, interval: wilson(2, 4) });
		expect(result).toMatchObject({ difference: 0, sampled: null, mcnemar: { exact: 1, midP: 1 } });
		expect(result.wonByA).toEqual([{ row: 1, prompt: "problem 1", a: "right", b: "wrong" }]);
		expect(result.wonByB.map(({ row }) => row)).toEqual([3]);
		expect(() => compare([record(1, true)], [record(2, true)])).toThrow("no problem in common");
	});

	it("keeps pairs together: a small steady gain is clear of 0 although the accuracies' own intervals overlap", () => {
		const rows = Array.from({ length: 100 }, (_, i) => i);
		const a = rows.map((i) => record(i, i < 50, [i < 50, false]));
		const b = rows.map((i) => record(i, i < 58, [i < 58, i < 10]));
		const { difference, interval, a: sideA, b: sideB, sampled } = compare(a, b);
		expect(difference).toBeCloseTo(0.08, 12);
		// The differences are 8 ones of 100: quantiles of Binomial(100, 0.08) are 0.03 and 0.14.
		expect(interval[0]).toBeCloseTo(0.03, 1);
		expect(interval[0]).toBeGreaterThan(0);
		expect(interval[1]).toBeCloseTo(0.14, 1);
		expect(sideA.interval[1]).toBeGreaterThan(sideB.interval[0]);
		// (50 of 200 sampled) against (58 + 10 of 200).
		expect(sampled).toMatchObject({ a: 0.25, b: 0.34, difference: expect.closeTo(0.09, 12) });
	});
});
