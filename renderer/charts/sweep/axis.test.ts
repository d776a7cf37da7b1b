import { describe, expect, it } from "vitest";
import { barHeight, powerBins } from "../small/histogram.ts";
import { inBrushes, layoutAxis } from "./axis.ts";

describe("layoutAxis", () => {
	it("puts decades at even distances on a log axis and keeps swept values as ticks", () => {
		const axis = layoutAxis("log", [0.01, 1, 0.1]);
		expect(axis.at(0.1)).toBeCloseTo(0.5, 12);
		expect(axis.ticks.map((t) => t.label)).toEqual(["0.01", "1", "0.1"]);
		expect(axis.at(0)).toBeNull();
	});

	it("orders categories as they come and takes a lone value to the middle", () => {
		expect(layoutAxis("category", ["full", "lora"]).at("lora")).toBe(1);
		expect(layoutAxis("linear", [3]).at(3)).toBe(0.5);
	});

	it("keeps runs inside every brush only", () => {
		const layouts = { a: layoutAxis("linear", [0, 10]), b: layoutAxis("log", [1, 100]) };
		expect(inBrushes({ a: 9, b: 10 }, layouts, { a: [0.8, 1], b: [0.4, 0.6] })).toBe(true);
		expect(inBrushes({ a: 9, b: 100 }, layouts, { a: [0.8, 1], b: [0.4, 0.6] })).toBe(false);
		expect(inBrushes({ a: null, b: 10 }, layouts, { a: [0, 1] })).toBe(false);
	});
});

describe("powerBins", () => {
	it("has bins as wide as a power of two, so that limits fall on an edge", () => {
		// 100 in at most 8 bins: width 16, 7 bins; 16 belongs to the second.
		const bins = powerBins([0, 15, 16, 100], 8);
		expect(bins.counts).toEqual([2, 1, 0, 0, 0, 0, 1]);
		expect(bins.edges.at(-1)).toBe(112);
		expect(barHeight(1, 1_000)).toBe(0.01);
	});
});
