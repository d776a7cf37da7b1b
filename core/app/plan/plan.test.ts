import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { RunConfig } from "../../contract/run.ts";
import { parameterCount } from "../../training/step-cost.ts";
import { Queue } from "../queue/queue.ts";
import { RunService } from "../runs/service.ts";
import { appFolder, smallDraft } from "../testing/services.ts";
import { dryRun } from "./dry-run.ts";
import { modelCopyBytes, PlanService } from "./service.ts";

const open: (() => void)[] = [];
afterEach(() => {
	for (const close of open.splice(0)) close();
});

function openApp(dataDir?: string) {
	const folder = appFolder(dataDir);
	const queue = new Queue(folder.context);
	const runs = new RunService(folder.context, queue);
	const plans = new PlanService({ ...folder, runs });
	open.push(() => {
		plans.close();
		runs.close();
		folder.hub.close();
	});
	return { ...folder, queue, runs, plans };
}

test("a plan counts steps, time, memory and disk; a step that was measured makes it sharper", async () => {
	const app = openApp();
	const draft = smallDraft(app.dataDir);
	await expect
		.poll(async () => (await app.plans.plan(draft)).secondsPerRun, { timeout: 20_000 })
		.toBeGreaterThan(0);
	const plan = await app.plans.plan(draft);
	// 64 responses, 8 a step, half an epoch of warm-up and two of training.
	expect(plan).toMatchObject({
		problems: [],
		runs: 1,
		stepsPerEpoch: 8,
		stepsPerRun: 20,
		totalSteps: 20,
		trajectories: 64,
		prompts: 32,
		skipped: 0,
		resolved: { method: "dqo", threads: 1 },
	});
	expect(plan.calibration).toMatch(/no run has been measured/);
	expect(plan.memory.totalBytes).toBeGreaterThan(1e8);
	expect(plan.memory.parts.reduce((sum, { bytes }) => sum + bytes, 0)).toBeCloseTo(plan.memory.totalBytes, 0);
	expect(plan.warnings.map(({ title }) => title)).toContain("Few held-out problems");

	expect(plan.modelCopyBytes).toBe(0);
	const facts = await app.plans.facts(plan.resolved as RunConfig);
	const halved = modelCopyBytes(plan.resolved as RunConfig, { ...facts, storedBytes: 2 });
	expect(halved).toBe(4 * parameterCount(facts.model));

	const measured = await dryRun(draft, app.context, app.plans, new AbortController().signal);
	expect(measured.secondsPerStep).toBeGreaterThan(0);
	expect(measured.peakBytes).toBeGreaterThan(5e7);
	expect(measured.plan.calibration).toMatch(/dry run/);
	expect(measured.plan.secondsError).toBeLessThan(plan.secondsError ?? 0);
	expect((await openApp(app.dataDir).plans.plan(draft)).calibration).toMatch(/dry run/);
});

test("a dry run is cancelled before its step and while it trains, and nothing of it stays", async () => {
	const app = openApp();
	const draft = smallDraft(app.dataDir);
	await expect(dryRun(draft, app.context, app.plans, AbortSignal.abort())).rejects.toMatchObject({
		code: "cancelled",
	});
	const cancel = new AbortController();
	const running = dryRun(draft, app.context, app.plans, cancel.signal);
	const ended = expect(running).rejects.toMatchObject({ code: "cancelled" });
	const folder = join(app.dataDir, "cache", "dry-run");
	await expect
		.poll(() => (existsSync(folder) ? readdirSync(folder) : []), { timeout: 20_000 })
		.toHaveLength(1);
	cancel.abort();
	await ended;
	expect(readdirSync(folder)).toEqual([]);
});

test("whatever is wrong stands beside its field, and nothing throws", async () => {
	const app = openApp();
	const draft = smallDraft(app.dataDir, { lambda: 2, beta: -1, nonsense: 1 });
	const fields = async (of: typeof draft) => (await app.plans.plan(of)).problems.map(({ field }) => field);
	expect((await fields(draft)).sort()).toEqual(["beta", "lambda", "nonsense"]);
	const unlabelled = join(app.dataDir, "unlabelled.jsonl");
	writeFileSync(unlabelled, '{"prompt":"1+1","completion":"2"}\n');
	const good = smallDraft(app.dataDir);
	const facts = app.plans.points({ ...good, dataId: unlabelled }).configs[0];
	if (facts === undefined) throw new Error("the draft must resolve");
	await expect(app.plans.facts(facts)).rejects.toMatchObject({ code: "data-invalid" });
	const { problems } = await app.plans.plan({ ...good, dataId: unlabelled });
	expect(problems).toEqual([{ field: "dataId", reason: expect.stringContaining("reward or a label") }]);
});

test("a sweep is expanded, repeated points are merged and told of, and halving is laid out", async () => {
	const app = openApp();
	const draft = {
		...smallDraft(app.dataDir, { adapter: { type: "lora" } }),
		space: { lr: { values: [1e-4, 1e-4, 1e-3] }, seed: { values: [0, 1, 2] } },
	};
	const [config] = app.plans.points(draft).configs;
	if (config === undefined) throw new Error("the draft must resolve");
	await app.plans.facts(config);
	const grid = await app.plans.plan(draft);
	expect(grid).toMatchObject({ problems: [], runs: 6, totalSteps: 120 });
	expect(grid.warnings.map(({ title }) => title)).toContain("Repeated values");
	const halved = await app.plans.plan({
		...draft,
		search: { ...draft.search, method: "asha", minSteps: 8, reduction: 2 },
	});
	expect(halved.rungs).toEqual([
		{ runs: 6, steps: 8 },
		{ runs: 3, steps: 16 },
		{ runs: 1, steps: 20 },
	]);
	expect(halved.totalSteps).toBe(6 * 8 + 3 * 8 + 4);
});
