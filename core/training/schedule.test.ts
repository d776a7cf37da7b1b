import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { learningRateFactor } from "./schedule.ts";

interface Schedule {
	name: string;
	warmupSteps: number;
	totalSteps: number;
	factors: number[];
}

const fixture = new URL("../../fixtures/optimizer/schedules.json", import.meta.url);
const { schedules } = JSON.parse(readFileSync(fixture, "utf8")) as { schedules: Schedule[] };
const ours = { constant_with_warmup: "constant", cosine: "cosine" } as const;

const factors = (total: number, schedule: "constant" | "cosine", warmupSteps: number) =>
	Array.from({ length: total }, (_, i) => learningRateFactor(i + 1, total, { schedule, warmupSteps }));

describe("learningRateFactor", () => {
	// transformers counts from 0 and so wastes its first step at rate 0; ours starts with its second factor.
	it.each(schedules.filter(({ name }) => name in ours))(
		"follows transformers' $name after $warmupSteps steps of warm-up",
		(expected) => {
			const schedule = ours[expected.name as keyof typeof ours];
			const actual = factors(expected.totalSteps, schedule, expected.warmupSteps);
			expected.factors.slice(1).forEach((factor, i) => {
				expect(actual[i]).toBeCloseTo(factor, 12);
			});
		},
	);

	it("rises to the peak and stays there when constant", () => {
		expect(factors(6, "constant", 4)).toEqual([0.25, 0.5, 0.75, 1, 1, 1]);
		expect(factors(3, "constant", 0)).toEqual([1, 1, 1]);
	});

	it("fits a warm-up longer than the run into the run", () => {
		expect(factors(4, "constant", 100)).toEqual([0.25, 0.5, 0.75, 1]);
		expect(factors(4, "cosine", 100)).toEqual([0.25, 0.5, 0.75, 1]);
	});

	it("falls to zero along a cosine, and not below it past the end", () => {
		const cosine = factors(8, "cosine", 0);
		expect(cosine).toEqual([...cosine].sort((a, b) => b - a));
		expect(cosine.at(-1)).toBeCloseTo(0, 12);
		expect(learningRateFactor(20, 8, { schedule: "cosine", warmupSteps: 0 })).toBeCloseTo(0, 12);
	});
});
