import { describe, expect, it } from "vitest";
import { correlation, ranks } from "./correlation.ts";
import { linesOf, segmentsOf, valueAfter } from "./segments.ts";

describe("correlation", () => {
	it("agrees with sums worked by hand", () => {
		// x - 2.5 = -1.5 -.5 .5 1.5 (squares 5); y - 4 = -2 0 -1 3 (squares 14); products 3 + 0 - .5 + 4.5 = 7: r = 7 / sqrt 70.
		// Ranks of y: 1 3 2 4; d = 0 1 -1 0: rho = 1 - 6 * 2 / (4 * 15) = 0.8.
		const { pearson, spearman, n } = correlation([1, 2, 3, 4], [2, 4, 3, 7]);
		expect(pearson).toBeCloseTo(7 / Math.sqrt(70), 12);
		expect(spearman).toBeCloseTo(0.8, 12);
		expect(n).toBe(4);
	});

	it("is 1 for rank order alone, and null where nothing varies", () => {
		expect(correlation([1, 2, 3], [1, 10, 1000]).spearman).toBeCloseTo(1, 12);
		expect(correlation([1, 2, 3], [5, 5, 5])).toEqual({ pearson: null, spearman: null, n: 3 });
	});

	it("shares ranks among ties", () => {
		expect(ranks([3, 1, 3, 2])).toEqual([3.5, 1, 3.5, 2]);
	});
});

describe("segments", () => {
	const letters = { decode: (ids: readonly number[]) => ids.map((id) => "ab\n"[id] ?? "").join("") };

	it("are the lines with their breaks", () => {
		expect(linesOf("a\n\nb\nc")).toEqual(["a\n\n", "b\n", "c"]);
		expect(linesOf("\na")).toEqual(["\n", "a"]);
		expect(linesOf("")).toEqual([]);
	});

	it("end at their last token, and those that were cut away are left out", () => {
		// Id 3 is an end token, which has no text.
		const ids = [0, 1, 2, 0, 3];
		expect(segmentsOf({ response: "ab\na" }, ids, letters)).toEqual([
			{ text: "ab\n", end: 2, score: null },
			{ text: "a", end: 3, score: null },
		]);
		const scored = { segments: ["ab\n", "a"], segmentRewards: [1, 0.5] };
		expect(segmentsOf(scored, ids.slice(0, 3), letters)).toEqual([{ text: "ab\n", end: 2, score: 1 }]);
	});

	it("are followed by the value of the state after them", () => {
		expect([0, 1, 2].map((end) => valueAfter([5, 6, 7], end))).toEqual([6, 7, 7]);
	});
});
