import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { SweepConfigInput, SweepEvent, SweepPlan } from "../contract/sweep.ts";
import { DeviceSlots } from "../engine/device-slots.ts";
import { type RunSweepOptions, runSweep } from "./run-sweep.ts";
import { type Place, sweepPlace } from "./testing/place.ts";

const host = new URL("./testing/host.ts", import.meta.url);
let place: Place;
beforeAll(() => {
	place = sweepPlace();
});

async function run(name: string, input: Partial<SweepConfigInput>, options: Partial<RunSweepOptions> = {}) {
	const events: SweepEvent[] = [];
	const plans: SweepPlan[] = [];
	const result = await runSweep(
		{ base: { ...place.base, maxSteps: 4 }, method: "grid", space: {}, ...input },
		{
			outDir: join(place.root, name),
			host,
			cores: 2,
			onEvent: (event) => events.push(event),
			onPlan: (plan) => plans.push(plan),
			...options,
		},
	);
	const of = <T extends SweepEvent["type"]>(type: T) =>
		events.filter((event): event is Extract<SweepEvent, { type: T }> => event.type === type);
	return { result, events, of, plan: plans[0] as SweepPlan };
}
const values = (...list: number[]) => ({ values: list });

describe("a sweep's schedule", () => {
	it("tries a failed child once more, reports what stays failed, and picks among the rest", async () => {
		const failing = { beta: values(0.1, 0.2, 0.3, 0.4), lr: values(0.1) };
		const { result, of } = await run("failing", {
			space: { beta: values(0.1, 0.2, 0.3, 0.4), lr: values(0.1) },
		});
		const failures = of("trial-failed").map(({ trial, attempt, again }) => [trial, attempt, again]);
		expect(failures.sort()).toEqual([
			["t001", 1, true],
			["t002", 1, true],
			["t002", 2, false],
			["t003", 1, false],
		]);
		expect(result).toMatchObject({ reason: "completed", failed: 2, best: { trial: "t001", score: 0.4 } });
		expect(result.leaderboard.map(({ trial, status }) => [trial, status])).toEqual([
			["t001", "finished"],
			["t004", "finished"],
			["t002", "failed"],
			["t003", "failed"],
		]);
		expect(result.leaderboard[2]?.error).toContain("SIGKILL");
		expect(result.leaderboard[3]?.error).toBe("not finite");
		const onDisk = JSON.parse(readFileSync(join(place.root, "failing", "leaderboard.json"), "utf8"));
		expect(onDisk).toEqual(JSON.parse(JSON.stringify(result)));
		// Continued, what was finished or diverged is left alone and what broke gets another chance.
		const again = await run("failing", { space: failing, maxParallel: 2 }, { resume: true });
		expect(again.of("trial-started").map(({ trial }) => trial)).toEqual(["t002", "t002"]);
		expect(again.result.best).toEqual(result.best);
	});

	it("lets the best third go on at each cut, from where they were, within the budget told before", async () => {
		const lrs = [0.01, 0.05, 0.02, 0.09, 0.03, 0.08, 0.04, 0.07, 0.06];
		const { result, of, plan } = await run("halving", {
			base: { ...place.base, maxSteps: 9 },
			method: "asha",
			asha: { minSteps: 1 },
			maxParallel: 2,
			space: { lr: values(...lrs), beta: values(1) },
		});
		expect(plan.rungs).toEqual([1, 3, 9]);
		expect(of("rung-finished")).toEqual([
			{ type: "rung-finished", steps: 1, goOn: ["t004", "t006", "t008"] },
			{ type: "rung-finished", steps: 3, goOn: ["t004"] },
		]);
		expect(result.best).toMatchObject({ trial: "t004", values: { lr: 0.09 } });
		expect(result.best?.score).toBeCloseTo(0.81, 12);
		expect(result.leaderboard.map(({ steps }) => steps)).toEqual([9, 3, 3, 1, 1, 1, 1, 1, 1]);
		expect(result.leaderboard.filter(({ status }) => status === "cut")).toHaveLength(8);
		const made = result.leaderboard.reduce((sum, { steps }) => sum + steps, 0);
		expect([made, plan.totalSteps]).toEqual([9 + 3 + 3 + 6, 21]);
	});

	it("runs as many at once as cores and memory allow, the first alone until its memory is known", async () => {
		const most = (events: readonly SweepEvent[]) => {
			let [now, max] = [0, 0];
			for (const { type } of events) {
				if (type === "trial-started") max = Math.max(max, ++now);
				if (type === "trial-finished") now--;
			}
			return max;
		};
		const space = { lr: values(0.01, 0.02, 0.03), beta: values(1) };
		const base = { ...place.base, maxSteps: 12 };
		const wide = await run("wide", { base, space, maxParallel: 8 }, { freeMemory: () => 1e12 });
		const tight = await run("tight", { base, space, maxParallel: 2 }, { freeMemory: () => 1e6 });
		expect([wide.plan.parallel, wide.plan.trials[0]?.config.threads, wide.plan.notes.length]).toEqual([
			2, 1, 1,
		]);
		expect([most(wide.events), most(tight.events)]).toEqual([2, 1]);
		expect(tight.result.leaderboard).toEqual(wide.result.leaderboard);
	});
});

describe("GPUs", () => {
	/** The GPU and the times of each start of a run, from the events that its process wrote. */
	function startsOf(outDir: string) {
		return readdirSync(join(outDir, "trials")).flatMap((trial) => {
			const lines = readFileSync(join(outDir, "trials", trial, "events.jsonl"), "utf8")
				.split("\n")
				.filter(Boolean);
			const events = lines.map(
				(line) => JSON.parse(line) as { type: string; time: string; message?: string },
			);
			const starts: { gpu: number; from: number; to: number }[] = [];
			for (const { type, time, message } of events) {
				if (type === "run-started") starts.push({ gpu: -1, from: Date.parse(time), to: 0 });
				const last = starts.at(-1);
				if (!last) continue;
				last.to = Date.parse(time);
				if (type === "log") last.gpu = Number(message?.replace("GPU ", ""));
			}
			return starts;
		});
	}

	it("are given to one run each, and a run that was killed gives its own back", async () => {
		const slots = new DeviceSlots([1, 3]);
		const { result } = await run(
			"gpus",
			{
				base: { ...place.base, maxSteps: 20 },
				// The second is killed at every start, the first once.
				space: { beta: values(0.1, 0.2, 0.5, 0.6, 0.7, 0.8), lr: values(0.01) },
				maxParallel: 4,
			},
			{ slotsOf: async () => slots, cores: 8, freeMemory: () => 1e12 },
		);
		expect(result).toMatchObject({ reason: "completed", failed: 1 });
		expect(slots.free).toBe(2);
		const starts = startsOf(join(place.root, "gpus"));
		expect(starts.length).toBe(8);
		expect(new Set(starts.map(({ gpu }) => gpu))).toEqual(new Set([1, 3]));
		const sorted = starts.sort((a, b) => a.from - b.from);
		for (const [i, one] of sorted.entries()) {
			for (const other of sorted.slice(i + 1)) {
				if (other.gpu === one.gpu) expect(other.from).toBeGreaterThanOrEqual(one.to);
			}
		}
	});

	it("are not numbered where runs compute on the CPU", async () => {
		await run("cpu", { space: { lr: values(0.01, 0.02), beta: values(1) } });
		expect(startsOf(join(place.root, "cpu")).map(({ gpu }) => gpu)).toEqual([-1, -1]);
	});
});

describe("a sweep is refused before anything starts", () => {
	const bad: [string, Partial<SweepConfigInput>, string, RegExp][] = [
		["with an invalid run", { space: { beta: values(-1, 0.1) } }, "config-invalid", /beta=-1/],
		["with an empty space", {}, "config-invalid", /at least one field/],
		[
			"where data are missing",
			{ base: { modelDir: "nowhere", dataPath: "nothing" }, space: { beta: values(0.1, 0.2) } },
			"config-invalid",
			/2 problems: beta=0.1.*nowhere.*beta=0.2/,
		],
		[
			"by incomparable losses",
			{ objective: "heldOutLoss", space: { beta: values(0.1, 0.2) } },
			"config-invalid",
			/cannot be compared.*beta/,
		],
		[
			"when nothing is held out",
			{ objective: "accuracy", space: { "split.validation": values(0), lr: values(1e-3) } },
			"config-invalid",
			/no held-out prompts/,
		],
		[
			"when the first cut comes in the value warm-up",
			{ method: "asha", asha: { minSteps: 2 }, space: { valueWarmupEpochs: values(1, 2) } },
			"config-invalid",
			/asha.minSteps: must exceed/,
		],
		[
			"with threads in the space",
			{ space: { threads: values(1, 2) } },
			"config-invalid",
			/threads: is set by/,
		],
	];
	it.each(bad)("%s", async (name, input, code, reason) => {
		await expect(run(name.replaceAll(/\W/g, "-"), input)).rejects.toMatchObject({
			code,
			message: expect.stringMatching(reason),
		});
		expect(existsSync(join(place.root, name.replaceAll(/\W/g, "-"), "sweep.json"))).toBe(false);
	});

	it("over another sweep, with another configuration, or where there is none", async () => {
		const space = { lr: values(0.01), beta: values(1) };
		await run("first", { space });
		await expect(run("first", { space })).rejects.toMatchObject({ code: "run-exists" });
		const other = { space: { ...space, lr: values(0.02) } };
		await expect(run("first", other, { resume: true })).rejects.toMatchObject({ code: "resume-mismatch" });
		const outDir = join(place.root, "none");
		await expect(runSweep(null, { outDir, resume: true })).rejects.toMatchObject({ code: "run-missing" });
	});
});
