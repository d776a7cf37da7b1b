import { describe, expect, it } from "vitest";
import { grownDomain, xDomain, xTicks, yDomain } from "./ticks.ts";

const zero = { kind: "zero" } as const;
const accuracy = { kind: "auto", minSpan: 10, bounds: [0, 100] } as const;

describe("yDomain", () => {
	it("starts losses, KL and norms at 0 with the least empty room in 2 to 4 nice intervals", () => {
		expect(yDomain(zero, 0.1, 0.82)).toEqual({ min: 0, max: 0.9, ticks: [0, 0.3, 0.6, 0.9] });
		expect(yDomain(zero, 3, 38).ticks).toEqual([0, 10, 20, 30, 40]);
		expect(yDomain(zero, 0, 6.9).ticks).toEqual([0, 2, 4, 6, 8]);
		expect(yDomain(zero, 0.3, 2.3).ticks).toEqual([0, 0.8, 1.6, 2.4]);
		expect(yDomain(zero, 0.1, 0.86).ticks).toEqual([0, 0.3, 0.6, 0.9]);
		expect(yDomain(zero, -0.4, 0.9)).toMatchObject({ min: -0.5, max: 1 });
		expect(yDomain(zero, 0, 0)).toMatchObject({ min: 0 });
	});

	it("gives accuracy at least 10 points and stays inside 0 to 100", () => {
		const flat = yDomain(accuracy, 87, 88);
		expect(flat.max - flat.min).toBeGreaterThanOrEqual(10);
		expect(flat.ticks.length).toBeLessThanOrEqual(5);
		expect(yDomain(accuracy, 70.1, 90.4)).toEqual({ min: 70, max: 92.5, ticks: [70, 75, 80, 85, 90] });
		expect(yDomain(accuracy, 99, 100).max).toBe(100);
	});

	it("uses powers of ten on a log axis", () => {
		expect(yDomain({ kind: "log" }, 0.004, 30)).toEqual({ min: 0.001, max: 100, ticks: [0.001, 0.1, 10] });
	});

	it("never shrinks while live", () => {
		const first = yDomain(zero, 0.1, 0.82);
		expect(grownDomain(zero, first, 0.1, 0.2)).toBe(first);
		expect(grownDomain(zero, first, 0.1, 0.95)).toEqual({ min: 0, max: 1, ticks: [0, 0.5, 1] });
	});
});

describe("x axis", () => {
	it("has at most 4 ticks at nice numbers", () => {
		expect(xTicks(0, 1_400)).toEqual([0, 400, 800, 1_200]);
		expect(xTicks(0, 100_000).length).toBeLessThanOrEqual(4);
		expect(xTicks(0, 33_720, true)).toEqual([0, 10_800, 21_600, 32_400]);
	});

	it("leaves a little room after the last point and moves seldom", () => {
		expect(xDomain(0, 1_312)).toEqual({ min: 0, max: 1_400 });
		expect(xDomain(1, 1_320)).toEqual({ min: 0, max: 1_400 });
		expect(xDomain(0, 0)).toEqual({ min: 0, max: 1 });
	});
});
