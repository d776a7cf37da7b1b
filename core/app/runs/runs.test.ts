import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { Push } from "../../contract/api.ts";
import type { RunState } from "../../contract/api-runs.ts";
import type { EngineEvent } from "../../contract/events.ts";
import { DeviceSlots } from "../../engine/device-slots.ts";
import { startJob } from "../../engine/supervisor.ts";
import { Gpus } from "../devices/gpus.ts";
import { configOf, openDraft } from "../plan/draft.ts";
import { createPlanHandlers } from "../plan/handlers.ts";
import { PlanService } from "../plan/service.ts";
import { Queue } from "../queue/queue.ts";
import { SweepService } from "../sweeps/service.ts";
import { appFolder, smallDraft } from "../testing/services.ts";
import { createRunHandlers } from "./handlers.ts";
import { RunService } from "./service.ts";

const WAIT = { timeout: 60_000, interval: 20 };
const open: { close: () => Promise<void> }[] = [];
afterEach(async () => {
	for (const app of open.splice(0)) await app.close();
});

/** A computer whose GPUs are these. */
class SomeGpus extends Gpus {
	readonly slots = new DeviceSlots([0]);

	override async slotsOf(): Promise<DeviceSlots> {
		return this.slots;
	}
}

function openApp(dataDir?: string, withGpus = false) {
	const folder = appFolder(dataDir);
	const queue = new Queue(folder.context);
	const gpus = withGpus ? new SomeGpus(folder.context) : new Gpus(folder.context);
	const runs = new RunService(folder.context, queue, gpus);
	const sweeps = new SweepService(folder.context, queue, runs);
	const plans = new PlanService({ ...folder, runs });
	const handlers = {
		...createRunHandlers(runs, queue),
		...createPlanHandlers({ ...folder, runs, sweeps, plans }),
	};
	queue.advance();
	const close = async () => {
		const ended = queue.close();
		runs.stopAll();
		await ended;
		sweeps.close();
		plans.close();
		runs.close();
		folder.hub.close();
	};
	open.push({ close });
	const ended = (id: string, state: RunState = "completed") =>
		expect.poll(() => runs.summary(id).state, WAIT).toBe(state);
	const start = async (fields: Record<string, unknown> = {}) => {
		const { id } = await handlers["runs.start"](smallDraft(folder.dataDir, fields));
		return id;
	};
	return { ...folder, queue, gpus, runs, handlers, close, ended, start };
}

const numbers = (events: readonly { seq: number }[]) => events.map(({ seq }) => seq);
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

test("a run starts, streams its events and finishes; a window that reloads loses nothing and doubles nothing", async () => {
	const app = openApp();
	const id = await app.start();
	const first: EngineEvent[] = [];
	const second: EngineEvent[] = [];
	let reloadAt = -1;
	const end = app.runs.watch(id, 0, (events) => {
		first.push(...events);
		if (reloadAt >= 0 || !first.some(({ type }) => type === "step")) return;
		// The window reloads: it asks for what was, and watches on from there.
		reloadAt = app.runs.entry(id).reader.digest.lastSeq - 3;
		app.runs.watch(id, reloadAt, (more) => second.push(...more));
	});
	await app.ended(id);
	const { lastSeq } = (await app.handlers["runs.get"]({ id })) as { lastSeq: number };
	await expect.poll(() => second.at(-1)?.seq, WAIT).toBe(lastSeq);
	expect(numbers(first)).toEqual(upTo(lastSeq));
	expect(numbers(second)).toEqual(upTo(lastSeq).slice(reloadAt));
	end();

	const { columns, evaluations, more } = await app.handlers["runs.metrics"]({ id, afterStep: 0, limit: 5 });
	expect(columns.step).toEqual([1, 2, 3, 4, 5]);
	expect(more).toBe(true);
	expect(evaluations.map(({ step }) => step)).toEqual([0, 4]);
	const rest = await app.handlers["runs.metrics"]({ id, afterStep: 5, limit: 1000 });
	expect(rest.columns.step[0]).toBe(6);
	expect(rest.evaluations[0]?.step).toBe(8);
	expect(rest.lastSeq).toBe(lastSeq);

	const samples = await app.handlers["runs.samples"]({ id, step: null, only: "all", offset: 2, limit: 3 });
	expect(samples).toMatchObject({ total: 8, step: rest.columns.step.at(-1) });
	expect(samples.samples).toHaveLength(3);
	const [sample] = samples.samples;
	const trace = await app.handlers["runs.sampleTrace"]({
		id,
		step: samples.step ?? 0,
		row: sample?.row ?? 0,
	});
	expect(trace.tokens.map(({ text }) => text).join("")).toBe(sample?.response);
	expect(trace.values).toBe("each-token");

	const { lines } = await app.handlers["runs.log"]({ id, limit: 500 });
	expect(lines.at(-1)?.text).toBe("Finished.");
	const events = await app.handlers["runs.events"]({ id, after: 10, limit: 4 });
	expect(numbers(events.events)).toEqual([11, 12, 13, 14]);
	expect(events).toMatchObject({ more: true, lastSeq });
	expect(app.pushes).toContainEqual(expect.objectContaining({ type: "notice", level: "good" }));
});

/** The states that windows were told of, each as often as it changed. */
const statesTold = ({ pushes }: { pushes: readonly Push[] }, id: string) =>
	pushes
		.flatMap((push) => (push.type === "run" && push.run.id === id ? [push.run.state] : []))
		.filter((state, i, all) => state !== all[i - 1]);

test("a run that waits for a GPU says so, cannot be deleted but stopped, and leaves the GPU to others", async () => {
	const app = openApp(undefined, true);
	const { slots } = app.gpus as SomeGpus;
	const taken = (await slots.take()) as number;
	const id = await app.start();
	const { dir } = app.runs.entry(id);
	await app.ended(id, "waiting-for-gpu");
	expect(app.queue.isWorking("run", id)).toBe(true);
	expect(app.runs.summary(id)).toMatchObject({ canResume: false, finishedAt: null });
	await expect(app.handlers["runs.remove"]({ id })).rejects.toMatchObject({ code: "usage" });
	await expect(app.handlers["runs.control"]({ id, action: "pause" })).rejects.toMatchObject({
		message: expect.stringContaining("has not begun"),
	});
	await app.handlers["runs.control"]({ id, action: "stop" });
	await app.ended(id, "stopped");
	await expect.poll(() => app.queue.isWorking("run", id), WAIT).toBe(false);
	expect(statesTold(app, id)).toEqual(["starting", "waiting-for-gpu", "stopped"]);
	slots.release(taken);
	expect(slots.free).toBe(1);
	await app.handlers["runs.remove"]({ id });
	expect(existsSync(dir)).toBe(false);
});

test("a run that waits for a GPU trains once one is free, and gives it back", async () => {
	const app = openApp(undefined, true);
	const { slots } = app.gpus as SomeGpus;
	const taken = (await slots.take()) as number;
	const id = await app.start();
	await app.ended(id, "waiting-for-gpu");
	slots.release(taken);
	await app.ended(id);
	expect(statesTold(app, id)).toEqual([
		...["starting", "waiting-for-gpu", "starting", "running", "completed"],
	]);
	await expect.poll(() => slots.free, WAIT).toBe(1);
});

test("an engine that is killed in mid-run leaves a run that says so and goes on to the same end", async () => {
	const app = openApp();
	const unbroken = await app.start();
	await app.ended(unbroken);
	const broken = await app.start();
	await expect.poll(() => app.runs.summary(broken).step, WAIT).toBeGreaterThan(4);
	process.kill(app.runs.atWork().pids[0] as number, "SIGKILL");
	await app.ended(broken, "failed");
	const failed = app.runs.summary(broken);
	expect(failed).toMatchObject({ canResume: true, failure: { error: { code: "engine-crashed" } } });
	expect(failed.failure).toMatchObject({
		error: { hint: expect.stringContaining("fewer micro-batch tokens") },
	});
	expect(app.pushes).toContainEqual(expect.objectContaining({ type: "notice", level: "bad" }));

	// The failure and the way on survive a restart of the app.
	await app.close();
	const again = openApp(app.dataDir);
	const [listed] = (await again.runs.list()).filter(({ id }) => id === broken);
	expect(listed).toMatchObject({ state: "failed", failure: failed.failure, step: failed.step });
	await again.handlers["runs.resume"]({ id: broken, fields: { microTokens: 1024 } });
	await again.ended(broken);
	const of = async (id: string) => (await again.runs.read(id)).reader.digest.columns.page(0, 1000);
	const [a, b] = [await of(unbroken), await of(broken)];
	expect(b.columns.step).toEqual(a.columns.step);
	expect(b.evaluations.map(({ step }) => step)).toEqual(a.evaluations.map(({ step }) => step));
	expect(again.runs.entry(broken).app.changed).toEqual({ microTokens: 1024 });
	const parameters = (id: string) => {
		const step = String(a.columns.step.at(-1)).padStart(6, "0");
		const file = join(again.runs.entry(id).dir, `checkpoints/step-${step}/trained.safetensors`);
		const bytes = readFileSync(file);
		const start = 8 + Number(bytes.readBigUInt64LE(0));
		return new Float32Array(Uint8Array.from(bytes.subarray(start)).buffer);
	};
	const [x, y] = [parameters(unbroken), parameters(broken)];
	expect(y.length).toBe(x.length);
	const largest = Math.max(...x.map((value, i) => Math.abs(value - (y[i] as number))));
	// Smaller micro-batches add the same numbers in another order.
	expect(largest).toBeLessThan(1e-5);
});

test("the queue keeps its order over a restart, and what was at work is shown as interrupted or stopped", async () => {
	const app = openApp();
	await app.handlers["queue.pause"]({ paused: true });
	const [a, b, c] = [await app.start(), await app.start(), await app.start()];
	expect(app.runs.summary(a).state).toBe("queued");
	await app.handlers["queue.move"]({ id: `run:${c}`, before: `run:${a}` });
	await app.handlers["queue.remove"]({ id: `run:${b}` });
	await app.close();
	const again = openApp(app.dataDir);
	expect((await again.handlers["queue.list"]({})).items.map(({ id }) => id)).toEqual([
		`run:${c}`,
		`run:${a}`,
	]);
	expect(again.runs.summary(a).state).toBe("queued");
	expect(again.runs.summary(b)).toMatchObject({ state: "stopped", canResume: true });
	await again.handlers["queue.pause"]({ paused: false });
	await expect.poll(() => again.runs.summary(c).state, WAIT).toBe("running");
	await again.handlers["runs.control"]({ id: c, action: "pause" });
	await expect.poll(() => again.runs.summary(c).state, WAIT).toBe("paused");
	expect(again.runs.summary(a).state).toBe("queued");
	await expect(again.handlers["runs.remove"]({ id: c })).rejects.toMatchObject({ code: "usage" });
	await again.handlers["runs.control"]({ id: c, action: "kill" });
	await again.ended(c, "stopped");
	await again.handlers["runs.remove"]({ id: c });
	await again.handlers["runs.remove"]({ id: a }).catch(() => {});
	expect((await again.runs.list()).map(({ id }) => id)).not.toContain(c);
});

test.skipIf(process.platform === "win32")(
	"a run that hears nothing is ended by a stop where there is nothing to save",
	async () => {
		const app = openApp();
		const id = await app.start();
		await expect.poll(() => app.runs.summary(id).state, WAIT).toBe("running");
		const { pids } = app.runs.atWork();
		expect(pids).toHaveLength(1);
		process.kill(pids[0] as number, "SIGSTOP");
		await app.handlers["runs.control"]({ id, action: "stop" });
		expect(app.runs.summary(id).state).toBe("stopping");
		await app.ended(id, "stopped");
		expect(app.runs.summary(id)).toMatchObject({ failure: null, canResume: true });
	},
);

test("a run that another program trains is followed; one whose process is gone can go on", async () => {
	const app = openApp();
	const config = configOf(openDraft(smallDraft(app.dataDir, { method: "rs" }), app.context, app));
	const runDir = join(app.runs.root, "by hand");
	const job = startJob<"train">({ kind: "train", runDir, config, resume: false });
	await expect.poll(async () => (await app.runs.list())[0]?.state, WAIT).toBe("running");
	const seen: number[] = [];
	app.runs.watch("by hand", 0, (events) => seen.push(...numbers(events)));
	await expect(app.handlers["runs.control"]({ id: "by hand", action: "stop" })).rejects.toMatchObject({
		message: expect.stringContaining("another process"),
	});
	await job.result;
	await app.ended("by hand");
	await expect.poll(() => seen, WAIT).toEqual(upTo(app.runs.entry("by hand").reader.digest.lastSeq));
	expect(app.runs.summary("by hand")).toMatchObject({ name: "by hand", dataName: "scored.jsonl" });

	// The machine goes down in mid-run: the last events are missing and the last line is torn.
	const lost = join(app.runs.root, "lost");
	cpSync(runDir, lost, { recursive: true });
	const lines = readFileSync(join(lost, "events.jsonl"), "utf8").split("\n");
	writeFileSync(join(lost, "events.jsonl"), `${lines.slice(0, -4).join("\n")}\n{"schemaVersion":1,"se`);
	await app.runs.list();
	expect(app.runs.summary("lost")).toMatchObject({ state: "interrupted", canResume: true });
	await app.handlers["runs.resume"]({ id: "lost", fields: {} });
	await app.ended("lost");

	// A damaged file makes one run unreadable, not the list.
	writeFileSync(join(lost, "run.json"), "{");
	const again = openApp(app.dataDir);
	const states = Object.fromEntries((await again.runs.list()).map(({ id, state }) => [id, state]));
	expect(states).toEqual({ "by hand": "completed", lost: "unreadable" });
});
