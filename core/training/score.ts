import type { RunConfig } from "../contract/run.ts";
import type { Parameters } from "./adamw.ts";
import { runBatches } from "./batch-runner.ts";
import { forEachTrajectory } from "./batches.ts";
import type { StepGraph } from "./step-graph.ts";
import type { Trajectory } from "./trajectories.ts";

/** What trained parameters say of each token a_h of a response. */
export interface TokenScores {
	/** V_phi(s_h). */
	readonly values: Float32Array;
	/** log pi_theta(a_h | s_h). */
	readonly logProbs: Float32Array;
}

export interface ScoreOptions {
	readonly config: RunConfig;
	readonly vocabSize: number;
	readonly parameters: Parameters;
	/** Called between runs of the graph with the trajectories done; throws to cancel. */
	readonly betweenBatches: (done: number) => Promise<void>;
}

/** Scores every trajectory with an `evaluate` graph of a method that has a value function. */
export async function scoreTrajectories(
	graph: StepGraph,
	trajectories: readonly Trajectory[],
	{ config, vocabSize, parameters, betweenBatches }: ScoreOptions,
): Promise<Map<Trajectory, TokenScores>> {
	const scores = new Map<Trajectory, TokenScores>();
	if (trajectories.length === 0) return scores;
	await runBatches(graph, trajectories, {
		...{ config, vocabSize, parameters },
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

/** A sampled response as a trajectory to be scored, of which nothing but its tokens counts. */
export function responseOnly(
	row: number,
	prompt: readonly number[],
	response: readonly number[],
): Trajectory {
	const rewards = new Float32Array(response.length);
	return { row, promptKey: prompt.join(), prompt, response, rewards, correct: null, behaviour: null };
}
