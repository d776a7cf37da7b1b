import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { ApiOutput } from "../../contract/api.ts";
import type { Draft } from "../../contract/api-runs.ts";
import { AppError } from "../../contract/errors.ts";
import type { StepMetrics } from "../../contract/metrics.ts";
import type { RunConfig } from "../../contract/run.ts";
import { startJob } from "../../engine/supervisor.ts";
import type { AppContext } from "../context.ts";
import { newId } from "../ids.ts";
import { scratchDir } from "../storage/scratch.ts";
import type { PlanService } from "./service.ts";
import type { TrainingFacts } from "./thread-operations.ts";

/** The first step loads and warms up; the second one is measured. */
const STEPS = 2;

/**
 * Trains a draft for a moment, with as little of its data as a step needs, and plans with what was measured. Throws
 * `cancelled` once `cancel` is aborted.
 */
export async function dryRun(
	draft: Draft,
	context: AppContext,
	plans: PlanService,
	cancel: AbortSignal,
): Promise<ApiOutput<"runs.dryRun">> {
	const { problems, configs } = plans.points(draft);
	const [config] = configs;
	if (config === undefined || problems.length > 0) {
		throw new AppError({
			code: "config-invalid",
			message: `This cannot be trained yet: ${problems.map(({ field, reason }) => `${field}: ${reason}`).join("; ")}.`,
			hint: "Correct the fields named.",
			details: { problems },
		});
	}
	const facts = await plans.facts(config);
	if (cancel.aborted) throw cancelled();
	const root = join(scratchDir(context.dataDir, "dry-run"), newId());
	const steps: StepMetrics[] = [];
	try {
		const job = startJob<"train">(
			{ kind: "train", runDir: join(root, "run"), config: shortened(config, facts), resume: false },
			{
				...context.engine,
				onEvent: (event) => {
					if (event.type === "step") steps.push(event.metrics);
				},
			},
		);
		cancel.addEventListener("abort", () => job.kill());
		await job.result;
	} finally {
		await rm(root, { recursive: true, force: true });
	}
	const last = steps.at(-1);
	if (last === undefined) throw new Error("the dry run made no step");
	const secondsPerStep = last.elapsedMs / 1000;
	await plans.learn(config, facts, secondsPerStep, "a step of a dry run");
	const peakBytes = Math.max(...steps.map(({ memoryBytes }) => memoryBytes));
	return { secondsPerStep, peakBytes, plan: await plans.plan(draft) };
}

function cancelled(): AppError {
	return new AppError({
		code: "cancelled",
		message: "The dry run was cancelled.",
		hint: "Nothing was kept of it.",
	});
}

/** The same step with the rest taken away: no evaluation to speak of, and only as many prompts as the steps need. */
function shortened(config: RunConfig, { shape }: TrainingFacts): RunConfig {
	const share = Math.min(1, (1.5 * STEPS * config.globalBatch) / Math.max(1, shape.items));
	const test = Math.min(0.9, 1 - share);
	return {
		...config,
		maxSteps: STEPS,
		valueWarmupEpochs: 0,
		task: null,
		validationPath: null,
		split: { validation: Math.max(0, Math.min(0.09, 1 - share - test)), test },
		evalLimit: 1,
		evalEverySteps: 0,
		checkpointEverySteps: 0,
		keepCheckpoints: 1,
	};
}
