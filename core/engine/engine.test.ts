import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AppError } from "../contract/errors.ts";
import type { EngineEvent } from "../contract/events.ts";
import type { GenerateSpec, TrainSpec } from "../contract/jobs.ts";
import { resolveRunConfig } from "../contract/resolve.ts";
import { PAPER_SAMPLING } from "../contract/sampling.ts";
import { EventLog, readEvents } from "./event-log.ts";
import { startJob } from "./supervisor.ts";

const host = new URL("./testing/host.ts", import.meta.url);
let dir = "";
beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), "dqo-engine-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function trainSpec(maxSteps: number, resume = false): TrainSpec {
	const config = resolveRunConfig({ modelDir: "m", dataPath: "d", maxSteps });
	return { kind: "train", runDir: join(dir, "run"), config, resume };
}

function generateSpec(how: string): GenerateSpec {
	return {
		kind: "generate",
		modelDir: "m",
		dataPath: how,
		outPath: "o",
		task: null,
		template: "{problem}",
		sampling: PAPER_SAMPLING,
		maxPromptTokens: 8,
		limit: null,
		threads: 1,
		eventsPath: join(dir, "events.jsonl"),
	};
}

async function failureOf(how: string, env?: NodeJS.ProcessEnv): Promise<Error> {
	const job = startJob(generateSpec(how), { host, env: env && { ...process.env, ...env } });
	return job.result.then(
		() => expect.fail("the job must fail"),
		(error: Error) => error,
	);
}

const eventsPath = () => join(dir, "run", "events.jsonl");

describe("a job in its own process", () => {
	it("delivers every event in order, each on disk before it arrives, and then the result", async () => {
		const seen: EngineEvent[] = [];
		let onDisk = true;
		const job = startJob(generateSpec("many-events"), {
			host,
			onEvent: (event) => {
				seen.push(event);
				onDisk &&= readFileSync(join(dir, "events.jsonl"), "utf8").includes(`"seq":${event.seq},`);
			},
		});
		expect((await job.result).responses).toBe(1);
		expect(seen.map((event) => event.seq)).toEqual(Array.from({ length: 502 }, (_, i) => i + 1));
		expect([seen[0]?.type, seen.at(-1)?.type]).toEqual(["run-started", "run-finished"]);
		expect(onDisk).toBe(true);
		expect(readEvents(join(dir, "events.jsonl"))).toEqual(seen);
		expect(readEvents(join(dir, "events.jsonl"), 500).map((event) => event.seq)).toEqual([501, 502]);
	});

	it("stops in good order when asked, and a resumed run continues its count and its sequence numbers", async () => {
		const job = startJob(trainSpec(10_000), { host, onEvent: (e) => e.seq === 5 && job.stop() });
		const first = await job.result;
		expect(first.reason).toBe("stopped");
		expect(first.steps).toBeGreaterThan(2);
		expect(first.steps).toBeLessThan(10_000);

		const before = readEvents(eventsPath());
		appendFileSync(eventsPath(), '{"schemaVersion":1,"seq":99,"ty'); // the machine lost power in mid-line
		const second = await startJob(trainSpec(first.steps + 3, true), { host }).result;
		expect(second).toMatchObject({ reason: "completed", steps: first.steps + 3 });
		const after = readEvents(eventsPath());
		expect(after.slice(0, before.length)).toEqual(before);
		expect(after.map((event) => event.seq)).toEqual(after.map((_, i) => i + 1));
		expect(after.length).toBe(before.length + 5);
	});

	it("writes a checkpoint on request and goes on", async () => {
		const types: string[] = [];
		const job = startJob(trainSpec(40), {
			host,
			onEvent: (event) => {
				types.push(event.type);
				if (event.seq === 3) job.checkpointNow();
			},
		});
		expect((await job.result).reason).toBe("completed");
		expect(types.filter((type) => type === "checkpoint")).toHaveLength(1);
	});

	it("pauses until resumed", async () => {
		let pausedAt = 0;
		let arrived = 0;
		const types: string[] = [];
		const job = startJob(trainSpec(40), {
			host,
			onEvent: (event) => {
				arrived++;
				types.push(event.type);
				if (event.seq === 3) job.pause();
			},
		});
		await expect.poll(() => types.at(-1), { timeout: 30_000 }).toBe("paused");
		pausedAt = arrived;
		await new Promise((resolve) => setTimeout(resolve, 200));
		expect(arrived).toBe(pausedAt);
		expect(pausedAt).toBeLessThan(42);
		job.resume();
		expect((await job.result).reason).toBe("completed");
		expect(arrived).toBe(44);
		// A window that is opened meanwhile reads the same from the file.
		expect(readEvents(eventsPath()).map(({ type }) => type)).toEqual(types);
		expect(types.filter((type) => type === "continued")).toHaveLength(1);
	});

	it("refuses to overwrite a run, and to continue one that is not there", async () => {
		const missing = await startJob(trainSpec(1, true), { host }).result.catch((error: AppError) => error);
		expect(missing).toMatchObject({ code: "run-missing" });
		expect(existsSync(join(dir, "run"))).toBe(false);
		await startJob(trainSpec(1), { host }).result;
		const before = readFileSync(eventsPath(), "utf8");
		const exists = await startJob(trainSpec(1), { host }).result.catch((error: AppError) => error);
		expect(exists).toMatchObject({ code: "run-exists" });
		expect(readFileSync(eventsPath(), "utf8")).toBe(before);
	});
});

describe("a failing job", () => {
	it("hands an expected error over as it is, and leaves it in the event file", async () => {
		const error = await failureOf("expected-error");
		expect(error).toBeInstanceOf(AppError);
		expect((error as AppError).toBody()).toEqual({
			code: "data-empty",
			message: "no rows",
			hint: "add some",
			details: { rows: 0 },
		});
		expect(readEvents(join(dir, "events.jsonl")).at(-1)).toMatchObject({
			type: "run-failed",
			failure: { kind: "expected", error: { code: "data-empty" } },
		});
	});

	it("shows a bug as a bug, with the stack of the process it happened in", async () => {
		const error = await failureOf("bug");
		expect(error).not.toBeInstanceOf(AppError);
		expect(error.name).toBe("TypeError");
		expect(error.stack).toContain("testing/host.ts");
	});

	it("counts an event or a result that breaks the contract as a bug", async () => {
		expect(await failureOf("bad-event")).not.toBeInstanceOf(AppError);
		const { kind: _, outPath: __, ...shared } = generateSpec("x");
		const job = startJob(
			{ kind: "evaluate", ...shared, task: "exact", sampledSeeds: 0, outPath: null },
			{ host },
		);
		await expect(job.result).rejects.toThrow(/accuracy/);
	});

	it.each([
		["exit", { exitCode: 0, signal: null, reason: "exit" }, /exit code 0/],
		["native-abort", { signal: "SIGABRT", reason: "signal" }, /SIGABRT/],
		["killed", { signal: "SIGKILL", reason: "out-of-memory" }, /memory/],
		["late-throw", { exitCode: 1, signal: null, reason: "exit" }, /thrown outside of the job/],
	])("tells a crash from an exit: %s", async (how, details, message) => {
		const error = await failureOf(how);
		expect(error).toMatchObject({ code: "engine-crashed", details });
		expect(error.message).toMatch(message);
	});

	it("recognises a full JavaScript heap", async () => {
		const error = await failureOf("heap", { NODE_OPTIONS: "--max-old-space-size=40" });
		expect(error).toMatchObject({ code: "engine-crashed", details: { reason: "out-of-memory" } });
		expect(error.message).toContain("heap");
	});

	it("is cancelled, not crashed, when it is killed on request", async () => {
		const job = startJob(generateSpec("wait"), { host, onEvent: () => job.kill() });
		await expect(job.result).rejects.toMatchObject({ code: "cancelled" });
	});
});

describe("the event file", () => {
	it("names the line that is not an event", () => {
		const path = join(dir, "events.jsonl");
		const log = new EventLog(path);
		log.append({ type: "log", message: "a" });
		log.close();
		appendFileSync(path, "nonsense\n");
		expect(() => readEvents(path)).toThrow(/Line 2/);
		expect(() => new EventLog(path)).toThrow(/Line 2/);
	});

	it("reads as empty when there is none", () => {
		expect(readEvents(join(dir, "none.jsonl"))).toEqual([]);
	});

	it.skipIf(process.platform === "win32")("says when the disk is full, and keeps whole lines only", () => {
		const script = `
			const { EventLog } = await import(${JSON.stringify(new URL("./event-log.ts", import.meta.url).href)});
			const log = new EventLog("events.jsonl");
			try {
				for (;;) log.append({ type: "log", message: "x".repeat(1000) });
			} catch (error) {
				console.log(error.code);
			}`;
		// A file size limit refuses the write in mid-line, as a full disk does.
		const node = `ulimit -f 8; exec "$0" --import "$1" --input-type=module -e "$2"`;
		const args = ["-c", node, process.execPath, import.meta.resolve("tsx"), script];
		const { stdout } = spawnSync("bash", args, { cwd: dir, encoding: "utf8" });
		expect(stdout).toBe("disk-full\n");
		const path = join(dir, "events.jsonl");
		expect(readFileSync(path).at(-1)).toBe(0x0a);
		expect(readEvents(path).length).toBe(7);
	});
});
