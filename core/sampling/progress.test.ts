import { expect, it } from "vitest";
import { Pace, ProgressReporter } from "./progress.ts";
import { recordingContext } from "./testing/context.ts";

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

it("knows no pace before something is done, and does not count what is no work", async () => {
	const pace = new Pace();
	expect(pace.secondsLeft(0, 10)).toBeNull();
	await sleep(20);
	await pace.outside(() => sleep(400));
	expect(pace.seconds).toBeGreaterThan(0.015);
	expect(pace.seconds).toBeLessThan(0.3);
	const [one, two] = [pace.secondsLeft(1, 1) as number, pace.secondsLeft(1, 2) as number];
	expect(two / one).toBeCloseTo(2, 1);
});

it("tells the time left as if a pause had not been", async () => {
	const { context, events } = recordingContext();
	const progress = new ProgressReporter({ ...context, paused: () => sleep(600) }, "generate");
	await sleep(20);
	await progress.report(1, 3);
	await progress.report(2, 3);
	const left = events.flatMap((event) => (event.type === "progress" ? [event.secondsLeft ?? -1] : []));
	expect(left).toHaveLength(2);
	expect(left[1]).toBeLessThan(0.3);
});
