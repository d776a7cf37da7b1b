import { expect, test } from "vitest";
import { sweepState } from "./scores.ts";

test("a sweep that ended is finished unless every run failed", () => {
	const ended = { state: "completed", total: 3 } as const;
	expect(sweepState({ ...ended, failed: 2 }).label).toBe("Finished");
	expect(sweepState({ ...ended, failed: 3 })).toEqual({ label: "All failed", tone: "bad" });
	expect(sweepState({ state: "completed", total: 0, failed: 0 }).label).toBe("Finished");
	expect(sweepState({ state: "running", total: 1, failed: 1 }).label).toBe("Training");
});
