import type { RunConfig } from "../contract/run.ts";
import type { Tensors } from "../models/network.ts";
import type { Parameters } from "./adamw.ts";
import { runBatches } from "./batch-runner.ts";
import { forEachTrajectory } from "./batches.ts";
import type { MicroBudget } from "./in-batches.ts";
import { initialParameters } from "./parameters.ts";
import type { StepGraph } from "./step-graph.ts";
import type { Trajectory } from "./trajectories.ts";

/** What trained parameters say of each token a_h of a response. */
export interface TokenScores {
	/** V_phi(s_h). */
	readonly values: Float32Array;
	/** log pi_theta(a_h | s_h). */
	readonly logProbs: Float32Array;
}

export interface ReferencedScores extends TokenScores {
	/** log pi_ref(a_h | s_h). */
	readonly referenceLogProbs: Float32Array;
}

export interface ScoreOptions {
	readonly config: RunConfig;
	readonly vocabSize: number;
	readonly parameters: Parameters;
	readonly budget?: MicroBudget;
	/** Called between runs of the graph with the trajectories done; throws to cancel. */
	readonly betweenBatches: (done: number) => Promise<void>;
}

/** Scores every trajectory with an `evaluate` graph of a method that has a value function. */
export async function scoreTrajectories(
	graph: StepGraph,
	trajectories: readonly Trajectory[],
	{ config, vocabSize, parameters, budget, betweenBatches }: ScoreOptions,
): Promise<Map<Trajectory, TokenScores>> {
	const scores = new Map<Trajectory, TokenScores>();
	if (trajectories.length === 0) return scores;
	await runBatches(graph, trajectories, {
		...{ config, vocabSize, parameters },
		...(budget ? { budget } : {}),
		// The losses are computed too but not read, so what they compare with does not matter.
		reference: ({ response }) => new Float32Array(response.length),
		baseline: 0,
		betweenBatches: () => betweenBatches(scores.size),
		onOutputs: (batch, { logp, values }) => {
			if (!values) throw new Error("the graph has no value function");
			const logProbs = new Map<Trajectory, Float32Array>();
			forEachTrajectory(batch, logp, (trajectory, tokens) => logProbs.set(trajectory, tokens.slice()));
			forEachTrajectory(batch, values, (trajectory, tokens) =>
				scores.set(trajectory, {
					values: tokens.slice(),
					logProbs: logProbs.get(trajectory) as Float32Array,
				}),
			);
		},
	});
	return scores;
}

/** The same with log pi_ref too: that of the policy with the parameters that training began from. */
export async function scoreWithReference(
	graph: StepGraph,
	trajectories: readonly Trajectory[],
	options: ScoreOptions & { readonly tensors: Tensors },
): Promise<Map<Trajectory, ReferencedScores>> {
	const now = await scoreTrajectories(graph, trajectories, options);
	// Only the policy goes back to its beginning: V is not read, and a copy of its tensors would be.
	const policy = new Map([...graph.trained].filter(([name]) => name.startsWith("policy:")));
	const initial = initialParameters(policy, options.tensors, options.config);
	const parameters = new Map([...options.parameters, ...initial]);
	const then = await scoreTrajectories(graph, trajectories, { ...options, parameters });
	return new Map(
		[...now].map(([response, scores]) => {
			const referenceLogProbs = then.get(response)?.logProbs as Float32Array;
			return [response, { ...scores, referenceLogProbs }];
		}),
	);
}

/** A sampled response as a trajectory to be scored, of which nothing but its tokens counts. */
export function responseOnly(
	row: number,
	prompt: readonly number[],
	response: readonly number[],
): Trajectory {
	const rewards = new Float32Array(response.length);
	return { row, promptKey: prompt.join(), prompt, response, rewards, correct: null, behaviour: null };
}
