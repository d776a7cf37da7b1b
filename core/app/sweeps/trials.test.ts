import { expect, it } from "vitest";
import { secondsSaved } from "./trials.ts";

it("counts the steps that runs stopped early did not make, side by side", () => {
	const trials = [
		{ status: "finished", step: 30, totalSteps: 30, secondsPerStep: 2 },
		{ status: "cut", step: 10, totalSteps: 30, secondsPerStep: 2 },
		{ status: "cut", step: 20, totalSteps: 30, secondsPerStep: 4 },
		{ status: "failed", step: 1, totalSteps: 30, secondsPerStep: 2 },
		{ status: "cut", step: 0, totalSteps: 30, secondsPerStep: null },
	] as const;
	expect(secondsSaved(trials, 1)).toBe(80);
	expect(secondsSaved(trials, 2)).toBe(40);
});
