import type { RunConfig } from "../contract/run.ts";
import { type GraphCost, graphCost } from "../graph/cost.ts";
import type { Graph } from "../graph/graph.ts";
import { losses } from "../losses/index.ts";
import type { DecoderConfig } from "../models/config.ts";
import { expectedTensors } from "../models/hf/load.ts";
import type { Tensors } from "../models/network.ts";
import { buildStepGraph, headChunks, type StepMode } from "./step-graph.ts";

/** Token counts of the data: the mean decides about time, the longest about memory. */
export interface Lengths {
	readonly mean: number;
	readonly max: number;
}

/** How a method's data look. */
export interface DataShape {
	/** Trajectories to train on; pairs count once. */
	readonly items: number;
	readonly prompts: number;
	readonly promptTokens: Lengths;
	readonly responseTokens: Lengths;
}

/** Sizes of a micro-batch: P groups of K responses of T tokens after L prompt tokens. */
export interface BatchShape {
	readonly P: number;
	readonly K: number;
	readonly L: number;
	readonly T: number;
}

/** Weights that are never read: a graph's cost depends on their shapes alone. */
export function shapesOf(config: DecoderConfig): Tensors {
	const load = (): never => {
		throw new Error("only the shapes of these weights are known");
	};
	return new Map([...expectedTensors(config)].map(([name, shape]) => [name, { shape, load }]));
}

/** Numbers in a model. */
export function parameterCount(config: DecoderConfig): number {
	return [...expectedTensors(config).values()].reduce((sum, shape) => sum + numel(shape), 0);
}

/** The largest micro-batch that packing makes of data whose prompts and responses all have these lengths. */
export function batchShape(
	run: RunConfig,
	vocabSize: number,
	data: DataShape,
	which: "mean" | "max",
): BatchShape {
	const { globalBatch, microTokens, sharePrompts } = run;
	const multiple = headChunks(vocabSize, microTokens);
	const T = Math.ceil(Math.max(1, data.responseTokens[which]) / multiple) * multiple;
	const prompt = Math.max(1, Math.round(data.promptTokens[which]));
	const paired = losses[run.method].rows === "pairs";
	const together = Math.max(1, Math.round(data.items / Math.max(1, data.prompts)));
	const fitting = Math.max(1, Math.floor((microTokens - prompt) / T));
	const K = paired ? 2 : sharePrompts ? Math.min(together, globalBatch, fitting) : 1;
	const groups = Math.ceil(paired ? globalBatch : globalBatch / K);
	const P = Math.max(1, Math.min(groups, Math.floor(microTokens / (prompt + K * T))));
	return { P, K, L: Math.max(1, prompt - 1), T };
}

/** Up to this depth the very graph is built; of a deeper one two of these depths, which all grows with in a straight line. */
const EXACT_LAYERS = 8;
const SAMPLED_LAYERS = [4, 6] as const;

/** A step graph that is measured, not run. */
export class StepCost {
	/** Numbers of the trained tensors, of all and of the value function alone. */
	readonly trainedNumbers: number;
	readonly trainedValueNumbers: number;
	private readonly graphs: readonly { layers: number; graph: Graph }[];
	private readonly layers: number;
	private readonly chunks: number;

	constructor(model: DecoderConfig, run: RunConfig, mode: StepMode) {
		this.layers = model.layers;
		this.chunks = headChunks(model.vocabSize, run.microTokens);
		const depths = model.layers <= EXACT_LAYERS ? [model.layers] : SAMPLED_LAYERS;
		const built = depths.map((layers) => {
			const config = { ...model, layers };
			const { graph, trained } = buildStepGraph({ config, tensors: shapesOf(config) }, run, mode);
			return { layers, graph, trained };
		});
		this.graphs = built;
		const trainedBy = (prefix: string) =>
			this.extrapolate(
				built.map(({ trained }) =>
					[...trained].reduce((sum, [name, shape]) => sum + (name.startsWith(prefix) ? numel(shape) : 0), 0),
				),
			);
		this.trainedNumbers = trainedBy("");
		this.trainedValueNumbers = trainedBy("value:");
	}

	/** What one run takes. */
	of({ P, K, L, T }: BatchShape): GraphCost {
		const costs = this.graphs.map(({ graph }) => graphCost(graph, { P, K, L, T, U: T / this.chunks }));
		const [first] = costs as [GraphCost];
		const names = Object.keys(first) as (keyof GraphCost)[];
		const of = (name: keyof GraphCost) => this.extrapolate(costs.map((cost) => cost[name]));
		return Object.fromEntries(names.map((name) => [name, of(name)])) as Record<keyof GraphCost, number>;
	}

	/** The value at the model's depth on the line through those of the graphs built. */
	private extrapolate(values: readonly number[]): number {
		const [a, b] = values as [number, number?];
		if (b === undefined) return a;
		const [low, high] = SAMPLED_LAYERS;
		return a + ((b - a) / (high - low)) * (this.layers - low);
	}
}

const numel = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);
