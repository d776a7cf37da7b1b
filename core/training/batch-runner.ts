import type { RunConfig } from "../contract/run.ts";
import { losses } from "../losses/index.ts";
import type { Reduction } from "../losses/loss.ts";
import type { HostTensor } from "../runtime/tensors.ts";
import type { Parameters } from "./adamw.ts";
import { type MicroBatch, tokenFeed, trajectoriesPerItem } from "./batches.ts";
import { inBatches, MicroBudget } from "./in-batches.ts";
import type { ReferenceLogProbs } from "./reference.ts";
import { headChunks, type StepGraph, type StepOutputs } from "./step-graph.ts";
import { StepStatistics } from "./step-metrics.ts";
import type { Trajectory } from "./trajectories.ts";

export interface BatchRunOptions {
	readonly config: RunConfig;
	readonly vocabSize: number;
	readonly parameters: Parameters;
	/** Null for methods without a reference policy. */
	readonly reference: ReferenceLogProbs | null;
	/** KTO's z0; 0 for the others. */
	readonly baseline: number;
	/** The run's own, which stays halved; one of the configuration's size unless given. */
	readonly budget?: MicroBudget;
	/** Factor on the loss, and so on the gradients, in half precision; 1 unless given. */
	readonly lossScale?: number;
	readonly betweenBatches: () => Promise<void>;
	readonly onOutputs: (batch: MicroBatch, outputs: StepOutputs) => void;
}

/** Runs trajectories through a step graph in micro-batches whose losses and gradients add up to those of one batch. */
export async function runBatches(
	graph: StepGraph,
	trajectories: readonly Trajectory[],
	options: BatchRunOptions,
): Promise<StepStatistics> {
	const { config } = options;
	const { reduction } = losses[config.method];
	const weight = 1 / itemCount(trajectories, reduction);
	const statistics = new StepStatistics();
	const packing = {
		sharePrompts: config.sharePrompts,
		budget: options.budget ?? new MicroBudget(config.microTokens),
		// The graph's own, whatever is left of the budget.
		lengthMultiple: headChunks(options.vocabSize, config.microTokens),
	};
	const compute = async (batch: MicroBatch) => {
		await options.betweenBatches();
		const lossWeights = lossWeightsOf(batch, reduction, weight);
		const outputs = await graph.run(batch, { ...feedsOf(graph, batch, options), loss_weights: lossWeights });
		return { outputs, lossWeights: lossWeights.data as Float32Array };
	};
	await inBatches(trajectories, packing, compute, (batch, { outputs, lossWeights }) => {
		statistics.add(batch, outputs, lossWeights, options.reference);
		options.onOutputs(batch, outputs);
	});
	return statistics;
}

function itemCount(trajectories: readonly Trajectory[], reduction: Reduction): number {
	if (reduction === "token") return trajectories.reduce((n, t) => n + t.response.length, 0);
	return trajectories.length / trajectoriesPerItem(trajectories);
}

/** Everything a step graph may read; it takes what its method needs. */
function feedsOf(graph: StepGraph, batch: MicroBatch, options: BatchRunOptions): Record<string, HostTensor> {
	const { reference, parameters, baseline } = options;
	const { P, K, slots } = batch;
	const feeds: Record<string, HostTensor> = {};
	for (const [name, shape] of graph.trained) {
		const data = parameters.get(name);
		if (!data) throw new Error(`the trained tensor ${name} has no values`);
		feeds[name] = { shape, data };
	}
	if (reference) {
		feeds.reference_logp = tokenFeed(batch, reference);
		feeds.behaviour_logp = tokenFeed(batch, (t) => t.behaviour ?? reference(t));
	}
	feeds.rewards = tokenFeed(batch, (t) => t.rewards);
	feeds.labels = { shape: [P, K], data: Float32Array.from(slots, (slot) => (slot?.correct ? 1 : 0)) };
	feeds.loss_scale = { shape: [], data: Float32Array.of(options.lossScale ?? 1) };
	feeds.baseline = { shape: [], data: Float32Array.of(baseline) };
	return feeds;
}

/** The aggregator's weights: `weight` at real trajectories `[P, K]`, tokens `[P, K, T]` or pairs `[P, 1]`, 0 at padding. */
function lossWeightsOf(batch: MicroBatch, reduction: Reduction, weight: number): HostTensor {
	const { P, K, slots } = batch;
	switch (reduction) {
		case "token":
			return tokenFeed(batch, (t) => Array<number>(t.response.length).fill(weight));
		case "trajectory":
			return { shape: [P, K], data: Float32Array.from(slots, (slot) => (slot ? weight : 0)) };
		case "pair":
			return { shape: [P, 1], data: new Float32Array(P).fill(weight) };
	}
}

/**
 * Each prompt with a response to another: the nearest one before it in the step, or any other response where the step
 * has a single prompt. KTO estimates its baseline from them. A response that is alone has no partner.
 */
export function mismatch(trajectories: readonly Trajectory[]): Trajectory[] {
	const count = trajectories.length;
	if (count < 2) return [];
	return trajectories.map((own, i) => {
		const before = (steps: number) => trajectories[(i + count - steps) % count] as Trajectory;
		let steps = 1;
		while (steps < count - 1 && before(steps).promptKey === own.promptKey) steps++;
		const { response } = before(steps);
		return { ...own, response, rewards: new Float32Array(response.length), correct: null, behaviour: null };
	});
}
