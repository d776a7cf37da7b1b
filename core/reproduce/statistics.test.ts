import { describe, expect, it } from "vitest";
import { spread, ticks } from "./charts.ts";
import { differences, meanRow, summarise } from "./statistics.ts";

describe("summarise", () => {
	it("gives mean, deviation and Student's interval", () => {
		// Of 1, 2, 3: deviation 1, t(2 degrees) = 4.303, half width 4.303 / sqrt(3) = 2.4843.
		const { mean, std, n, interval } = summarise([1, 2, 3]);
		expect([mean, std, n]).toEqual([2, 1, 3]);
		expect(interval?.[0]).toBeCloseTo(2 - 2.4843, 3);
		expect(interval?.[1]).toBeCloseTo(2 + 2.4843, 3);
	});

	it("knows no interval from one value, and the normal one from many", () => {
		expect(summarise([7])).toEqual({ mean: 7, std: 0, n: 1, interval: null });
		const many = summarise(Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? 1 : -1)));
		expect(many.interval?.[1]).toBeCloseTo(1.9624 / Math.sqrt(1000), 3);
	});
});

describe("differences", () => {
	it("pairs the values: what the pairs have in common cancels", () => {
		expect(differences([60, 70, 80], [58, 68, 78])).toMatchObject({ mean: 2, std: 0, interval: [2, 2] });
		expect(() => differences([1], [1, 2])).toThrow("paired");
	});
});

it("means each position over rows", () => {
	expect(
		meanRow([
			[0, 100, 100],
			[100, 100, 0],
		]),
	).toEqual([50, 100, 50]);
});

describe("charts", () => {
	it("tick at round values around the data", () => {
		expect(ticks(-3, 37)).toEqual([-10, 0, 10, 20, 30, 40]);
		expect(ticks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
	});

	it("move labels apart and keep their order", () => {
		expect(spread([100, 102, 50], 18)).toEqual([100, 118, 50]);
	});
});
