import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../contract/errors.ts";
import type { JobKind, JobResult, JobSpec, SpecOf } from "../contract/jobs.ts";
import { type Job, startJob } from "../engine/supervisor.ts";
import { readJsonLines } from "../store/json-lines.ts";
import type { Trial } from "./plan.ts";
import { graded, type TestResult, type TrialResult } from "./results.ts";
import type { Settings } from "./settings.ts";

/** The jobs of a reproduction: each in its own process, several at once, stopped together. */
export class Jobs {
	private readonly running = new Set<Job<unknown>>();
	private stopped = false;

	/** Asks every job to stop in good order; a second call ends them. */
	stop(): void {
		for (const job of this.running) {
			if (this.stopped) job.kill();
			else job.stop();
		}
		this.stopped = true;
	}

	/** Runs a job to its end. Throws AppError `cancelled` when it was stopped, and what the job throws. */
	async run<K extends JobKind>(spec: JobSpec & SpecOf<K>): Promise<JobResult<K>> {
		if (this.stopped) throw cancelled();
		const job = startJob<K>(spec);
		this.running.add(job);
		try {
			const result = await job.result;
			if (result.reason === "stopped") throw cancelled();
			return result;
		} finally {
			this.running.delete(job);
		}
	}
}

function cancelled(): AppError {
	return new AppError({
		code: "cancelled",
		message: "The reproduction was stopped before its end.",
		hint: "Go on with the same --out and --resume: what is finished is not done again.",
	});
}

/** Removes what a process that was killed left of a job's output, so that the job can be done again. */
export function clearOutput(path: string): void {
	for (const left of [path, `${path}.partial`, `${path}.partial.json`]) rmSync(left, { force: true });
}

/** Trains a run or continues it. One that diverges is an outcome: its rate was too high. */
export async function runTrial(jobs: Jobs, settings: Settings, trial: Trial): Promise<TrialResult> {
	const resume = existsSync(join(settings.runDir(trial.id), "run.json"));
	try {
		const { bestAccuracy, bestStep, steps } = await jobs.run<"train">(settings.train(trial, resume));
		return { accuracy: bestAccuracy, bestStep, steps, failure: null };
	} catch (error) {
		if (!(error instanceof AppError) || error.code !== "diverged") throw error;
		return { accuracy: null, bestStep: null, steps: 0, failure: error.message };
	}
}

/** Tests a model or a run's best checkpoint, problem by problem. */
export async function runTest(
	jobs: Jobs,
	settings: Settings,
	id: string,
	modelDir: string,
): Promise<TestResult> {
	clearOutput(settings.gradedPath(id));
	const { greedy, sampled } = await jobs.run<"evaluate">(settings.test(id, modelDir));
	if (sampled === null) throw new Error(`the test of ${id} has no sampled accuracy`);
	const { mean, std, n } = sampled;
	const solved = readJsonLines(settings.gradedPath(id), graded).map(({ label }) => label);
	return { greedy: greedy.accuracy, n: greedy.n, sampled: { mean, std, n }, solved };
}
