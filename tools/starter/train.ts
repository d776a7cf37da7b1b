import { resolveRunConfig } from "../../core/contract/resolve.ts";
import type { DecoderConfig } from "../../core/models/config.ts";
import { inMemory, type TensorSource } from "../../core/models/hf/safetensors.ts";
import type { Tokenizer } from "../../core/tokenizers/tokenizer.ts";
import { Trainer } from "../../core/training/trainer.ts";
import type { Trajectory } from "../../core/training/trajectories.ts";
import { answer, drawSplit, question } from "./problems.ts";
import { Random } from "./random.ts";
import type { SftPhase } from "./recipe.ts";

type Weights = ReadonlyMap<string, TensorSource>;

/** The problems of one phase as trajectories, a different one for every example; `name` keeps phases apart. */
export function phaseTrajectories(
	name: string,
	phase: SftPhase,
	seed: number,
	tokenizer: Tokenizer,
): Trajectory[] {
	const random = new Random(seed, `habits/${name}`);
	return drawSplit("sft", phase.steps * phase.batchSize, seed, `sft/${name}`).map((scene, row) => {
		const habit = scene.trap !== null && random.uniform() < phase.habitShare;
		const response = [...tokenizer.encode(answer(scene, { trap: habit })), ...tokenizer.eosIds];
		return {
			row,
			promptKey: String(row),
			prompt: tokenizer.renderPrompt(question(scene)),
			response,
			rewards: new Float32Array(response.length),
			correct: !habit,
			behaviour: null,
		};
	});
}

/** Trains all weights on one phase with the product's own engine and returns the new ones. */
export async function trainPhase(
	model: { config: DecoderConfig; tensors: Weights },
	trajectories: readonly Trajectory[],
	phase: SftPhase,
	seed: number,
	onStep: (step: number, loss: number) => void,
): Promise<Map<string, TensorSource>> {
	const config = resolveRunConfig({
		method: "sft",
		adapter: { type: "full" },
		// The trainer is handed its model and data, so these two are names only.
		modelDir: "starter",
		dataPath: "starter",
		seed,
		lr: phase.learningRate,
		schedule: phase.schedule,
		warmupSteps: phase.warmupSteps,
		weightDecay: phase.weightDecay,
		betas: [...phase.betas],
		clipNorm: phase.maxGradNorm,
		globalBatch: phase.batchSize,
		epochs: 1,
		sharePrompts: false,
	});
	const trainer = await Trainer.create({ source: model, config, trajectories, reference: null, session: {} });
	while (!trainer.finished) {
		const { step, policyLoss } = await trainer.step();
		onStep(step, policyLoss ?? Number.NaN);
	}
	await trainer.release();
	return new Map(
		[...model.tensors].map(([name, { shape }]) => {
			const values = trainer.state.parameters.get(`policy:${name}`);
			if (!values) throw new Error(`the trainer has no values for ${name}`);
			return [name, inMemory(shape, values)];
		}),
	);
}
