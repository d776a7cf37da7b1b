import { describe, expect, it } from "vitest";
import { formatSeconds, formatTicks, formatValue } from "./format.ts";
import { spread } from "./spread.ts";

describe("numbers", () => {
	it("are written to three figures with a true minus", () => {
		expect([1_312, 87.44, 3.049, 0.1124, 5e-7, -0.67, 0, Number.NaN, null].map(formatValue)).toEqual([
			"1,312",
			"87.4",
			"3.05",
			"0.112",
			"5e-7",
			"−0.670",
			"0",
			"NaN",
			"n/a",
		]);
	});

	it("share their decimals on an axis", () => {
		expect(formatTicks([0, 0.5, 1])).toEqual(["0.0", "0.5", "1.0"]);
		expect(formatTicks([0, 400, 800, 1_200])).toEqual(["0", "400", "800", "1,200"]);
		expect(formatTicks([0.0001, 0.001])).toEqual(["1e-4", "0.001"]);
	});

	it("tell times in the largest fitting unit", () => {
		expect([45, 720, 10_800, 12_000].map(formatSeconds)).toEqual(["45 s", "12 min", "3 h", "3 h 20 min"]);
	});
});

describe("spread", () => {
	it("moves labels apart and keeps them inside", () => {
		expect(spread([50, 10], 12, 0, 100)).toEqual([50, 10]);
		expect(spread([50, 52, 51], 10, 0, 100)).toEqual([50, 70, 60]);
		expect(spread([98, 99], 10, 0, 100)).toEqual([90, 100]);
		expect(spread([5, 5, 5], 10, 0, 10)).toEqual([0, 5, 10]);
	});
});
