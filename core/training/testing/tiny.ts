import { fileURLToPath } from "node:url";
import { type RunConfigInput, resolveRunConfig } from "../../contract/resolve.ts";
import type { RunConfig } from "../../contract/run.ts";
import { loadModelFolder, type ModelWeights } from "../../models/hf/load.ts";
import { temporaryFolder } from "../../store/testing/temporary-folder.ts";
import { type ReferenceLogProbs, referenceLogProbs } from "../reference.ts";
import type { ModelSource } from "../step-graph.ts";
import { Trainer, type TrainerState } from "../trainer.ts";
import type { Trajectory } from "../trajectories.ts";

export const FIXTURES = fileURLToPath(new URL("../../../fixtures/", import.meta.url));
export const SESSION = { threads: 1 };

/** A model of the fixtures: 2 layers, 64 tokens. */
export async function tinyModel(name = "llama-tiny"): Promise<ModelWeights> {
	return loadModelFolder(`${FIXTURES}models/${name}`);
}

/** A configuration for tiny models: one step an epoch, high learning rates, no warm-up. */
export function tinyConfig(input: RunConfigInput = {}): RunConfig {
	return resolveRunConfig({
		modelDir: "model",
		dataPath: "data",
		adapter: { type: "lora", rank: 4 },
		globalBatch: 8,
		epochs: 3,
		valueWarmupEpochs: 0,
		warmupSteps: 0,
		lr: 1e-3,
		valueLr: 1e-3,
		beta: 0.1,
		threads: 1,
		...input,
	});
}

/** log pi_ref of trajectories under a model, from the graph that jobs use. */
export async function tinyReference(
	source: ModelSource,
	trajectories: readonly Trajectory[],
	cacheDir = temporaryFolder(),
): Promise<ReferenceLogProbs> {
	const method = trajectories[0]?.pair === undefined ? "dqo" : "dpo";
	return referenceLogProbs(trajectories, source, tinyConfig({ method }), {
		modelHash: "tiny",
		cacheDir,
		session: SESSION,
		onProgress: async () => {},
	});
}

export interface TinyRun {
	readonly source: ModelSource;
	readonly trajectories: readonly Trajectory[];
	readonly reference: ReferenceLogProbs | null;
	readonly referenceOf?: (trajectories: readonly Trajectory[]) => Promise<ReferenceLogProbs>;
	readonly state?: TrainerState;
}

/** A trainer for a run, released when `use` is done with it. */
export async function withTrainer<T>(
	run: TinyRun,
	config: RunConfig,
	use: (trainer: Trainer) => Promise<T>,
): Promise<T> {
	const trainer = await Trainer.create({ ...run, config, session: SESSION });
	try {
		return await use(trainer);
	} finally {
		await trainer.release();
	}
}
