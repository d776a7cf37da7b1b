import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../../contract/errors.ts";
import type { JobContext } from "../../contract/job.ts";
import type { TrainResult, TrainSpec } from "../../contract/jobs.ts";
import { type StepMetrics, stepMetricsSchema } from "../../contract/metrics.ts";
import { runHost } from "../../engine/host.ts";
import { unusedJobs } from "../../engine/testing/unused-jobs.ts";

/**
 * An engine for tests of scheduling: the real host and real processes, with a trainer whose accuracy after `step` steps is
 * `lr * step`, and which fails as its `beta` says: 0.1 once, 0.2 always, 0.3 by divergence.
 */
runHost({
	...unusedJobs,
	train,
});

async function train(spec: TrainSpec, context: JobContext): Promise<TrainResult> {
	const { config, runDir, resume, deviceId } = spec;
	if (deviceId !== undefined) context.emit({ type: "log", message: `GPU ${deviceId}` });
	writeFileSync(join(runDir, "run.json"), "{}");
	const countPath = join(runDir, "count");
	const from = resume && existsSync(countPath) ? Number(readFileSync(countPath, "utf8")) : 0;
	const attemptsPath = join(runDir, "attempts");
	const attempt = 1 + (existsSync(attemptsPath) ? Number(readFileSync(attemptsPath, "utf8")) : 0);
	writeFileSync(attemptsPath, String(attempt));
	if (config.beta === 0.2 || (config.beta === 0.1 && attempt === 1)) process.kill(process.pid, "SIGKILL");
	if (config.beta === 0.3) throw new AppError({ code: "diverged", message: "not finite", hint: "lower lr" });
	const total = config.maxSteps ?? 0;
	for (let step = from + 1; step <= total; step++) {
		context.emit({ type: "step", metrics: metricsOf(step) });
		context.emit({
			type: "eval",
			step,
			split: "validation",
			n: 10,
			accuracy: config.lr * step,
			accuracyInterval: null,
			heldOutLoss: null,
			valueAuc: null,
			samples: [],
		});
		await new Promise((resolve) => setTimeout(resolve, 2));
	}
	writeFileSync(countPath, String(Math.max(total, from)));
	return {
		reason: "completed",
		steps: total,
		epochs: 1,
		lastCheckpoint: null,
		bestCheckpoint: null,
		bestStep: total,
		bestAccuracy: config.lr * total,
		wallSeconds: 0,
	};
}

/** Metrics in which nothing is known but what must be. */
function metricsOf(step: number): StepMetrics {
	const known: Partial<StepMetrics> = {
		...{ step, epoch: 1, phase: "train", lr: 1, responseTokens: 1 },
		...{ responseTokensPerSecond: 1, memoryBytes: 1e6, elapsedMs: 1 },
	};
	const names = Object.keys(stepMetricsSchema.shape);
	return stepMetricsSchema.parse({ ...Object.fromEntries(names.map((name) => [name, null])), ...known });
}
