import { describe, expect, it } from "vitest";
import { bestPoint, edgesOf, type Point, rates } from "./grid.ts";

const point = (lr: number, beta: number | null = null): Point => ({ lr, beta });

describe("bestPoint", () => {
	const outcome = (lr: number, accuracy: number | null) => ({ point: point(lr), accuracy });

	it("takes the highest mean over seeds, not the highest single run", () => {
		// 1e-4: (0.9 + 0.3) / 2 = 0.6; 1e-5: (0.7 + 0.7) / 2 = 0.7.
		const outcomes = [outcome(1e-4, 0.9), outcome(1e-4, 0.3), outcome(1e-5, 0.7), outcome(1e-5, 0.7)];
		expect(bestPoint(outcomes)).toEqual(point(1e-5));
	});

	it("takes the one tried first at a tie and counts a broken run as all wrong", () => {
		expect(bestPoint([outcome(1e-4, 0.5), outcome(1e-5, 0.5)])).toEqual(point(1e-4));
		const broken = [outcome(1e-4, 0.9), outcome(1e-4, null), outcome(1e-5, 0.5), outcome(1e-5, 0.5)];
		expect(bestPoint(broken)).toEqual(point(1e-5));
	});

	it("keeps betas apart that share a learning rate", () => {
		const outcomes = [
			{ point: point(1e-4, 0.1), accuracy: 0.4 },
			{ point: point(1e-4, 0.3), accuracy: 0.6 },
		];
		expect(bestPoint(outcomes)).toEqual(point(1e-4, 0.3));
	});
});

describe("edgesOf", () => {
	const grid = [...rates(0.3, 1e-4, 3e-5, 3e-4), point(1e-4, 0.1), point(1e-4, 1)];

	it("is empty at an inner point, and names axis and end elsewhere", () => {
		expect(edgesOf(grid, point(1e-4, 0.3))).toEqual([]);
		expect(edgesOf(grid, point(3e-5, 0.3))).toEqual(["learning rate at the lower end"]);
		expect(edgesOf(grid, point(1e-4, 1))).toEqual(["beta at the upper end"]);
	});

	it("takes no axis into account that does not vary", () => {
		expect(edgesOf(rates(null, 1e-4, 3e-4), point(3e-4))).toEqual(["learning rate at the upper end"]);
		expect(edgesOf([point(1e-4, 0.1)], point(1e-4, 0.1))).toEqual([]);
	});
});
