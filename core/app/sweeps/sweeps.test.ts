import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { type SweepEvent, sweepConfigSchema } from "../../contract/sweep.ts";
import { makeFolder } from "../../store/files.ts";
import { JsonLinesWriter } from "../../store/json-lines.ts";
import { takeRunLock } from "../../store/run-lock.ts";
import { compareHeldOut } from "../compare/held-out.ts";
import { createPlanHandlers } from "../plan/handlers.ts";
import { PlanService } from "../plan/service.ts";
import { Queue } from "../queue/queue.ts";
import { RunService } from "../runs/service.ts";
import { appFolder, smallDraft } from "../testing/services.ts";
import { Thread } from "../threads/thread.ts";
import { writeSweepFile } from "./app-file.ts";
import { createSweepHandlers } from "./handlers.ts";
import { SweepService } from "./service.ts";

const WAIT = { timeout: 120_000, interval: 50 };
const open: (() => Promise<void>)[] = [];
afterEach(async () => {
	for (const close of open.splice(0)) await close();
});

function openApp(dataDir?: string) {
	const folder = appFolder(dataDir);
	const queue = new Queue(folder.context);
	const runs = new RunService(folder.context, queue);
	const sweeps = new SweepService(folder.context, queue, runs);
	const plans = new PlanService({ ...folder, runs });
	queue.advance();
	const close = async () => {
		const ended = queue.close();
		sweeps.stopAll();
		await ended;
		sweeps.close();
		plans.close();
		runs.close();
		folder.hub.close();
	};
	open.push(close);
	const handlers = {
		...createSweepHandlers(sweeps, runs),
		...createPlanHandlers({ ...folder, runs, sweeps, plans }),
	};
	return { ...folder, queue, runs, sweeps, handlers, close };
}

const draft = (dataDir: string) => ({
	...smallDraft(dataDir, { method: "rs", epochs: 1, valueWarmupEpochs: 0 }),
	space: { lr: { values: [1e-4, 1e-3] }, seed: { values: [0, 1] } },
});

test("a sweep stops, goes on after a restart of the app, and ends with its runs compared", {
	timeout: 120_000,
}, async () => {
	const app = openApp();
	const { id, type } = await app.handlers["runs.start"](draft(app.dataDir));
	expect(type).toBe("sweep");
	await expect.poll(() => app.sweeps.summary(id).finished, WAIT).toBeGreaterThan(0);
	expect(app.sweeps.summary(id)).toMatchObject({ state: "running", total: 4 });
	await app.handlers["sweeps.control"]({ id, action: "stop" });
	await expect.poll(() => app.sweeps.summary(id).state, WAIT).toBe("stopped");
	await app.close();

	const again = openApp(app.dataDir);
	const [listed] = (await again.handlers["sweeps.list"]({})).sweeps;
	expect(listed).toMatchObject({ id, state: "stopped", total: 4 });
	expect(listed?.finished).toBeGreaterThan(0);
	await again.handlers["sweeps.resume"]({ id });
	await expect.poll(() => again.sweeps.summary(id).state, WAIT).toBe("completed");
	const detail = await again.handlers["sweeps.get"]({ id });
	expect(detail.summary).toMatchObject({ finished: 4, waiting: 0, best: { runId: detail.trials[0]?.runId } });
	expect(detail.trials.map(({ status }) => status)).toEqual(Array(4).fill("finished"));
	expect(detail.importance.map(({ field }) => field).sort()).toEqual(["lr", "seed"]);
	expect(detail.topTwo).toMatchObject({ n: 8, a: detail.trials[0]?.runId, b: detail.trials[1]?.runId });

	// Its runs are runs like any other.
	const trial = (await again.runs.list()).find((run) => run.id === `${id}/t001`);
	expect(trial).toMatchObject({
		sweepId: id,
		state: "completed",
		canResume: false,
		dataName: "scored.jsonl",
	});
	const seen: number[] = [];
	again.runs.watch(`${id}/t001`, 0, (events) => seen.push(...events.map(({ seq }) => seq)));
	await expect.poll(() => seen.length, WAIT).toBe(again.runs.entry(`${id}/t001`).reader.digest.lastSeq);
	const thread = new Thread();
	const trained = detail.trials.map(({ runId }) => runId);
	const compared = await compareHeldOut(again.runs, trained, thread);
	thread.close();
	expect(compared.pairs).toHaveLength(6);
	expect(compared).toMatchObject({ n: 8 });
	await again.handlers["sweeps.remove"]({ id });
	expect((await again.runs.list()).filter((run) => run.sweepId === id)).toEqual([]);
});

test("a sweep of another process is shown as it goes, and how it ended", async () => {
	const app = openApp();
	const dir = join(app.dataDir, "sweeps", "foreign");
	const names = { name: "Foreign", modelName: "", dataName: "", createdAt: 0, failure: null };
	const config = sweepConfigSchema.parse({ base: {}, method: "grid", space: { lr: { values: [1e-4] } } });
	makeFolder(dir);
	writeSweepFile(dir, { schemaVersion: 1, ...names, config });
	const unlock = takeRunLock(dir);
	const events = new JsonLinesWriter(join(dir, "sweep-events.jsonl"));
	const tell = (event: SweepEvent) => events.append({ ...event, time: new Date().toISOString() });
	const state = async () => (await app.handlers["sweeps.list"]({})).sweeps[0]?.state;
	tell({ type: "sweep-started", runs: 1, totalSteps: 1, parallel: 1, threads: 1, resumed: false });
	expect(await state()).toBe("running");
	tell({ type: "sweep-finished", reason: "completed" });
	events.close();
	unlock();
	expect(await state()).toBe("completed");
});

test("a sweep whose data are missing fails with the reason and nothing is left at work", async () => {
	const app = openApp();
	const wrong = { ...draft(app.dataDir), dataId: join(app.dataDir, "none.jsonl") };
	const { id } = await app.handlers["runs.start"](wrong);
	await expect.poll(() => app.sweeps.summary(id).state, WAIT).toBe("failed");
	expect(app.sweeps.summary(id).failure).toMatchObject({ error: { code: "config-invalid" } });
	expect(app.queue.list().items).toEqual([]);
});
