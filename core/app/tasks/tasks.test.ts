import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { TaskSpec } from "../../contract/api-tasks.ts";
import { GREEDY_SAMPLING, PAPER_SAMPLING } from "../../contract/sampling.ts";
import { Queue } from "../queue/queue.ts";
import { RunService } from "../runs/service.ts";
import { appFolder, starter, writeScored } from "../testing/services.ts";
import { Thread } from "../threads/thread.ts";
import { createTaskHandlers } from "./handlers.ts";
import { TaskService } from "./service.ts";

const WAIT = { timeout: 60_000, interval: 20 };
const open: (() => Promise<void>)[] = [];
afterEach(async () => {
	for (const close of open.splice(0)) await close();
});

function openApp(dataDir?: string) {
	const folder = appFolder(dataDir);
	const queue = new Queue(folder.context);
	const runs = new RunService(folder.context, queue);
	const thread = new Thread();
	const tasks = new TaskService({ ...folder, runs, thread }, queue);
	queue.advance();
	const close = async () => {
		const ended = queue.close();
		await Promise.all([ended, tasks.close()]);
		runs.close();
		thread.close();
		folder.hub.close();
	};
	open.push(close);
	const handlers = createTaskHandlers(tasks);
	const ended = (id: string, state = "completed") =>
		expect.poll(() => tasks.get(id), WAIT).toMatchObject({ state });
	return { ...folder, queue, runs, tasks, handlers, close, ended };
}

const lines = (path: string) => readFileSync(path, "utf8").trim().split("\n");
const model = { type: "model", id: "starter" } as const;

function generate(n: number, limit: number): TaskSpec {
	return {
		kind: "generate",
		name: "Some samples",
		model,
		dataId: starter("data/train.jsonl"),
		task: "gsm8k",
		template: "{problem}",
		sampling: { ...PAPER_SAMPLING, n, maxNewTokens: 80 },
		maxPromptTokens: 176,
		limit,
		dedupe: false,
	};
}

test("what a task makes is registered, and its result survives a restart", async () => {
	const app = openApp();
	const { id } = await app.handlers["tasks.start"](generate(2, 6));
	await app.ended(id);
	const [path] = app.made;
	expect(lines(path as string)).toHaveLength(12);
	expect(path).toContain(join(app.dataDir, "generated", "Some-samples"));
	expect(app.pushes).toContainEqual(expect.objectContaining({ type: "notice", level: "good" }));
	const progress = app.pushes.flatMap((push) =>
		push.type === "task" && push.task.state === "running" ? [push.task.phase] : [],
	);
	expect(progress).toContain("Loads model and data");
	await app.close();
	const again = openApp(app.dataDir);
	expect(again.tasks.get(id)).toMatchObject({
		state: "completed",
		dataIds: [path],
		result: { responses: 12, reason: "completed" },
	});
	await again.handlers["tasks.dismiss"]({ id });
	expect(again.tasks.list()).toEqual([]);
	expect(existsSync(path as string)).toBe(true);
});

test("a task that is cancelled stops, and goes on from its rows at another try", async () => {
	const app = openApp();
	const { id } = await app.handlers["tasks.start"](generate(8, 400));
	await expect.poll(() => app.tasks.get(id).done, WAIT).toBeGreaterThan(0);
	await app.handlers["tasks.cancel"]({ id });
	await app.ended(id, "stopped");
	expect(app.made).toEqual([]);
	const file = join(app.dataDir, "generated", `Some-samples-${id}.jsonl.partial`);
	const kept = existsSync(file) ? lines(file).length : 0;
	await app.handlers["tasks.retry"]({ id });
	await expect.poll(() => (existsSync(file) ? lines(file).length : 0), WAIT).toBeGreaterThan(kept);
	await app.close();
	const again = openApp(app.dataDir);
	expect(again.tasks.get(id).state).toBe("stopped");
	expect(readdirSync(join(app.dataDir, "generated"))).not.toEqual([]);
	await again.handlers["tasks.dismiss"]({ id });
	expect(readdirSync(join(app.dataDir, "generated"))).toEqual([]);
});

test("an app that went down leaves tasks that say so", async () => {
	const app = openApp();
	await app.handlers["tasks.start"](generate(8, 400));
	const { id } = await app.handlers["tasks.start"](generate(1, 4));
	await expect.poll(() => app.tasks.list()[1]?.state, WAIT).toBe("running");
	// Another app reads the files as they are in this moment.
	const other = openApp(app.dataDir);
	expect(other.tasks.list()[1]).toMatchObject({ state: "failed", failure: { error: { code: "cancelled" } } });
	expect(other.tasks.get(id).state).not.toBe("failed");
});

test("light work does not wait for heavy work; a failure has its message and can be tried again", async () => {
	const app = openApp();
	app.queue.pause(true);
	const path = join(app.dataDir, "scored.jsonl");
	writeScored(path, 20);
	const waiting = app.tasks.start(generate(1, 4));
	const pairs = app.tasks.start({ kind: "pairs", name: "Pairs", dataId: path, seed: 0, count: null });
	const split = app.tasks.start({
		kind: "split",
		name: "Parts",
		dataId: path,
		validation: 0.2,
		test: 0.2,
		seed: 1,
	});
	await app.ended(pairs);
	await app.ended(split);
	expect(app.tasks.get(split).dataIds).toHaveLength(3);
	expect(app.tasks.get(pairs).result).toMatchObject({ pairs: 20 });
	expect(app.tasks.get(waiting).state).toBe("queued");
	await app.handlers["tasks.cancel"]({ id: waiting });
	expect(app.tasks.get(waiting).state).toBe("stopped");
	const bad = app.tasks.start({ kind: "grade", name: "G", dataId: join(app.dataDir, "none"), task: "gsm8k" });
	await app.ended(bad, "failed");
	expect(app.tasks.get(bad).failure).toMatchObject({ error: { code: "file-missing" } });
	writeScored(join(app.dataDir, "none"), 4);
	app.tasks.retry(bad);
	await app.ended(bad);
});

test("two models are compared on the same problems", async () => {
	const app = openApp();
	const id = app.tasks.start({
		kind: "compare",
		name: "Against itself",
		a: model,
		b: model,
		dataId: starter("data/test.jsonl"),
		task: "gsm8k",
		template: "{problem}",
		maxPromptTokens: 176,
		maxNewTokens: GREEDY_SAMPLING.n * 80,
		limit: 10,
	});
	await app.ended(id);
	const result = app.tasks.get(id).result;
	expect(readdirSync(join(app.dataDir, "cache", "compare"))).toEqual([]);
	expect(result).toMatchObject({ n: 10, pairs: [{ a: 0, b: 1, onlyA: 0, onlyB: 0, difference: 0, p: 1 }] });
});
