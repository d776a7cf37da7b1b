import { expect, test } from "vitest";
import type { RunDetail } from "../../../core/contract/api-runs.ts";
import { checkpointOptions, toCheckpoint } from "./checkpoints.ts";

const summary = { bestAccuracy: 0.874 } as RunDetail["summary"];
const saved = { bytes: 1, savedAt: 0 };

test("the best and the last come first, then every step from the newest", () => {
	const checkpoints = [
		{ step: 1000, best: true, ...saved },
		{ step: 2000, best: false, ...saved },
	];
	const options = checkpointOptions({ summary, checkpoints });
	expect(options.map(({ value }) => value)).toEqual(["best", "last", "2000", "1000"]);
	expect(options[0]).toMatchObject({ label: "Best, step 1,000", detail: "87.4 % held-out" });
	expect(options[1]?.label).toBe("Last, step 2,000");
	expect(options.map(({ value }) => toCheckpoint(value))).toEqual(["best", "last", 2000, 1000]);
});

test("a run that measured nothing has no best", () => {
	const options = checkpointOptions({ summary, checkpoints: [{ step: 5, best: false, ...saved }] });
	expect(options.map(({ value }) => value)).toEqual(["last", "5"]);
});
