import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../../contract/errors.ts";
import type { JobContext } from "../../contract/job.ts";
import type { EvaluateResult, GenerateResult, TrainResult } from "../../contract/jobs.ts";
import { runHost } from "../host.ts";
import { unusedJobs } from "./unused-jobs.ts";

/** An engine for tests: the real host, with small jobs that behave well or badly as the spec says. */
runHost({
	...unusedJobs,
	// Counts to maxSteps in a file, as a trainer that checkpoints would; resumes from the count.
	train: async (spec, context): Promise<TrainResult> => {
		const path = join(spec.runDir, "count");
		let count = spec.resume ? Number(readFileSync(path, "utf8")) : 0;
		writeFileSync(join(spec.runDir, "run.json"), "{}");
		const total = spec.config.maxSteps ?? 0;
		while (count < total && !context.stopRequested()) {
			block(5);
			count++;
			context.emit({ type: "progress", phase: "train", done: count, total, secondsLeft: null });
			await context.yieldToEventLoop();
			await context.paused();
			if (context.takeCheckpointRequested()) {
				context.emit({ type: "checkpoint", step: count, dir: "checkpoints/now", best: false });
			}
		}
		writeFileSync(path, String(count));
		return {
			reason: count < total ? "stopped" : "completed",
			steps: count,
			epochs: 1,
			lastCheckpoint: "count",
			bestCheckpoint: null,
			bestStep: null,
			bestAccuracy: null,
			wallSeconds: 0,
		};
	},
	generate: async (spec, context): Promise<GenerateResult> => {
		await misbehave(spec.dataPath, context);
		return {
			reason: "completed",
			outPath: spec.outPath,
			prompts: 1,
			responses: 1,
			skippedPrompts: 0,
			correct: null,
			responseTokens: 1,
			truncated: 0,
			duplicates: 0,
			resumed: 0,
			wallSeconds: 0,
		};
	},
	"process-scores": async ({ outPath }) => ({
		reason: "completed",
		outPath,
		responses: 0,
		correct: 0,
		recovered: 0,
		segments: 0,
		skipped: 0,
		resumed: 0,
		prefixes: 0,
		reusedPrefixes: 0,
		rolloutTokens: 0,
		wallSeconds: 0,
	}),
	evaluate: async (): Promise<EvaluateResult> => {
		return {
			reason: "completed",
			greedy: { accuracy: 2, n: 1, interval: [0, 1] },
			sampled: null,
			guided: null,
			skippedPrompts: 0,
			wallSeconds: 0,
		};
	},
	values: async ({ outPath }) => ({
		reason: "completed",
		rows: 0,
		correct: 0,
		wrong: 0,
		skippedRows: 0,
		checkpoints: [],
		cases: [],
		outPath,
		wallSeconds: 0,
	}),
	export: async ({ outDir }) => ({
		reason: "completed",
		dir: outDir,
		step: 0,
		files: [],
		bytes: 0,
		checks: [],
		notes: [],
		verified: true,
		comparison: null,
		problem: null,
	}),
	"probe-provider": async ({ provider }) => ({ reason: "completed", provider, elapsedMs: 0 }),
});

async function misbehave(how: string, context: JobContext): Promise<void> {
	if (how === "expected-error") {
		throw new AppError({ code: "data-empty", message: "no rows", hint: "add some", details: { rows: 0 } });
	}
	if (how === "bug") (undefined as unknown as { method(): void }).method();
	if (how === "bad-event") context.emit({ type: "log", message: 1 as unknown as string });
	if (how === "exit") process.exit(0);
	if (how === "native-abort") process.abort();
	if (how === "killed") process.kill(process.pid, "SIGKILL");
	if (how === "heap") {
		const hoard: string[][] = [];
		for (;;) hoard.push(new Array(1e5).fill("x"));
	}
	if (how === "late-throw") {
		setImmediate(() => {
			throw new RangeError("thrown outside of the job");
		});
		await new Promise((resolve) => setTimeout(resolve, 1000));
	}
	if (how === "many-events") {
		for (let i = 0; i < 500; i++) context.emit({ type: "log", message: "x".repeat(1000) });
	}
	if (how === "wait") await new Promise((resolve) => setTimeout(resolve, 60_000));
}

/** Holds the thread, as `session.run` does. */
function block(ms: number): void {
	const end = performance.now() + ms;
	while (performance.now() < end);
}
