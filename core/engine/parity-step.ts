import { resolveRunConfig } from "../contract/resolve.ts";
import type { ModelWeights } from "../models/hf/load.ts";
import type { SessionOptions } from "../runtime/session.ts";
import { accumulate, type Parameters } from "../training/adamw.ts";
import { runBatches } from "../training/batch-runner.ts";
import { forEachTrajectory } from "../training/batches.ts";
import { initialParameters } from "../training/parameters.ts";
import { Random } from "../training/random.ts";
import { frozenLogProbs } from "../training/reference.ts";
import { referenceSession, StepGraph } from "../training/step-graph.ts";
import type { Trajectory } from "../training/trajectories.ts";

const RUNS = 3;
/** Zero adapters and a zero value head would leave half of the gradients zero, and nothing to compare. */
const NOISE = 0.02;

/** All that one DQO step computes. */
export interface StepNumbers {
	readonly policyLoss: number;
	readonly valueLoss: number;
	readonly logProbs: readonly number[];
	readonly values: readonly number[];
	readonly gradients: Parameters;
}

/** Losses, log-probs, values and gradients of a DQO step on `session`; log pi_ref always comes from `reference`. */
export async function trainingStep(
	model: ModelWeights,
	adapter: "lora" | "full",
	trajectories: readonly Trajectory[],
	session: SessionOptions,
	reference: SessionOptions,
): Promise<{ value: StepNumbers; ms: number }> {
	const config = resolveRunConfig({
		modelDir: model.dir,
		dataPath: "parity",
		adapter: adapter === "full" ? { type: "full" } : { type: "lora", rank: 8 },
		microTokens: 1024,
	});
	const { vocabSize } = model.config;
	const fixed = new Map<Trajectory, Float32Array>();
	const policy = await referenceSession(model, config, reference);
	const shape = { ...config, vocabSize };
	try {
		await frozenLogProbs(
			policy,
			trajectories,
			shape,
			async () => {},
			(one, logp) => fixed.set(one, logp.slice()),
		);
	} finally {
		await policy.release();
	}

	const graph = await StepGraph.create(model, config, "train", session);
	try {
		const parameters = initialParameters(graph.trained, model.tensors, config);
		for (const [name, values] of parameters) {
			if (values.some((value) => value !== 0)) continue;
			const random = new Random("parity", name);
			for (let i = 0; i < values.length; i++) values[i] = NOISE * random.normal();
		}
		let ms = Number.POSITIVE_INFINITY;
		let value: StepNumbers | null = null;
		for (let run = 0; run < RUNS; run++) {
			const logProbs: number[] = [];
			const states: number[] = [];
			const gradients: Parameters = new Map();
			const start = performance.now();
			const statistics = await runBatches(graph, trajectories, {
				...{ config, vocabSize, parameters, baseline: 0 },
				reference: (one) => fixed.get(one) as Float32Array,
				betweenBatches: async () => {},
				onOutputs: (batch, outputs) => {
					forEachTrajectory(batch, outputs.logp, (_, tokens) => logProbs.push(...tokens));
					if (outputs.values) forEachTrajectory(batch, outputs.values, (_, tokens) => states.push(...tokens));
					accumulate(gradients, outputs.gradients);
				},
			});
			ms = Math.min(ms, performance.now() - start);
			const { policyLoss, valueLoss } = statistics;
			value = { policyLoss, valueLoss, logProbs, values: states, gradients };
		}
		return { value: value as StepNumbers, ms };
	} finally {
		await graph.release();
	}
}
