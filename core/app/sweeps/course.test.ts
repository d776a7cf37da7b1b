import { expect, it } from "vitest";
import { Course } from "./course.ts";

const started = { type: "sweep-started", runs: 2, totalSteps: 20, parallel: 1, threads: 1 } as const;
const failed = { type: "trial-failed", attempt: 1, again: false, error: "Training diverged." } as const;

it("keeps a run that diverged as failed over a resume, and forgets the failure of one that is tried again", () => {
	const course = new Course();
	course.apply({ ...started, resumed: false }, 1);
	course.apply({ ...failed, trial: "t001" }, 2);
	course.apply({ ...failed, trial: "t002", error: "out of memory" }, 3);
	course.apply({ type: "sweep-finished", reason: "stopped" }, 4);
	course.apply({ ...started, resumed: true }, 5);
	expect([...course.failed.keys()]).toEqual(["t001", "t002"]);
	course.apply({ type: "trial-started", trial: "t002", attempt: 1, toStep: 10 }, 6);
	expect([...course.failed.keys()]).toEqual(["t001"]);
});
