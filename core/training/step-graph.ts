import { backward } from "../autodiff/backward.ts";
import type { RunConfig } from "../contract/run.ts";
import type { Dim } from "../graph/dims.ts";
import { Graph, type Value } from "../graph/graph.ts";
import { mul, reshape, stopGradient } from "../graph/ops/index.ts";
import { aggregate } from "../losses/aggregate.ts";
import { losses } from "../losses/index.ts";
import type { DecoderConfig } from "../models/config.ts";
import { decoder } from "../models/decoder.ts";
import { logProbsOf } from "../models/head.ts";
import { groupedLayout, type Layout } from "../models/layout.ts";
import { type Adaptation, Network, type Tensors, valueHead } from "../models/network.ts";
import { GraphSession, type SessionOptions, type Traffic } from "../runtime/session.ts";
import type { HostTensor } from "../runtime/tensors.ts";
import type { MicroBatch } from "./batches.ts";

export interface ModelSource {
	readonly config: DecoderConfig;
	readonly tensors: Tensors;
}

/**
 * What a graph is for: `train` moves policy and value function, `value-warmup` the value function alone with the
 * policy held at the reference, `evaluate` computes the same losses without gradients.
 */
export type StepMode = "train" | "value-warmup" | "evaluate";

/** Bytes of logits above which the head is worked off in chunks of positions. */
const LOGIT_BYTES = 256 * 1024 * 1024;
const MAX_CHUNKS = 16;

/** Chunks of the log-prob head for a micro-batch of this many tokens; the length of a row is a multiple of it. */
export function headChunks(vocabSize: number, microTokens: number): number {
	let chunks = 1;
	while (chunks < MAX_CHUNKS && (vocabSize * microTokens * 4) / chunks > LOGIT_BYTES) chunks *= 2;
	return chunks;
}

interface Skeleton {
	graph: Graph;
	layout: Layout;
	shape: readonly Dim[];
	targets: Value;
	chunks: number;
}

/** What the shape of a graph depends on besides the model. */
type Shape = Pick<RunConfig, "method" | "microTokens"> & { readonly precision?: RunConfig["precision"] };

function skeleton(source: ModelSource, config: Shape): Skeleton {
	const graph = new Graph();
	const chunks = headChunks(source.config.vocabSize, config.microTokens);
	const responses = losses[config.method].rows === "pairs" ? 2 : "K";
	const layout = groupedLayout(graph, chunks === 1 ? "T" : `${chunks}*U`, responses);
	const shape = [layout.P, layout.K, layout.T];
	return {
		graph,
		layout,
		shape,
		chunks,
		targets: reshape(graph.input("targets", "i64", shape), [layout.rows]),
	};
}

/** The graph of log pi_ref: the model with nothing trained. Its output is `logp [P, K, T]`. */
export async function referenceSession(
	source: ModelSource,
	config: Shape,
	options: SessionOptions,
): Promise<GraphSession> {
	const { graph, layout, shape, targets, chunks } = skeleton(source, config);
	const network = new Network(
		graph,
		source.config,
		source.tensors,
		"policy",
		{ type: "frozen" },
		config.precision,
	);
	const logProbs = logProbsOf(network, decoder(network, layout), targets, { chunks });
	graph.output("logp", reshape(logProbs, shape));
	return GraphSession.create(graph, options);
}

/** Result of one micro-batch. All tensors are those of the graph's outputs, padding included. */
export interface StepOutputs {
	readonly logp: Float32Array;
	/** Unreduced policy and value losses; null where the mode or the method has none. */
	readonly policyLoss: Float32Array | null;
	readonly valueLoss: Float32Array | null;
	readonly values: Float32Array | null;
	/** G_h `[P, K, T]` and w `[P, K]`. */
	readonly returns: Float32Array | null;
	readonly weights: Float32Array | null;
	/** Gradients by `<role>:<tensor>`. */
	readonly gradients: Map<string, Float32Array>;
}

/** A compiled loss: forward, and in the training modes backward, of one micro-batch in one run. */
export class StepGraph {
	/** Shapes of the trained tensors that the graph reads, by `<role>:<tensor>`. */
	readonly trained: ReadonlyMap<string, readonly number[]>;
	private readonly session: GraphSession;

	private constructor(session: GraphSession, trained: ReadonlyMap<string, readonly number[]>) {
		this.session = session;
		this.trained = trained;
	}

	static async create(
		source: ModelSource,
		config: RunConfig,
		mode: StepMode,
		options: SessionOptions,
	): Promise<StepGraph> {
		const { graph, trained } = buildStepGraph(source, config, mode);
		return new StepGraph(await GraphSession.create(graph, options), trained);
	}

	/** Where the session has a `profileDir`, the first run alone is profiled: it tells what every later one does. */
	async run(batch: MicroBatch, feeds: Readonly<Record<string, HostTensor>>): Promise<StepOutputs> {
		const results = await this.session.run({ ...batch.feeds, ...feeds });
		await this.session.endProfiling();
		const floats = (name: string) => (results[name]?.data as Float32Array | undefined) ?? null;
		const gradients = new Map<string, Float32Array>();
		for (const name of this.trained.keys()) {
			const gradient = floats(`grad ${name}`);
			if (gradient) gradients.set(name, gradient);
		}
		const logp = floats("logp");
		if (!logp) throw new Error("the step graph has no log-probs");
		return {
			logp,
			policyLoss: floats("policy_loss"),
			valueLoss: floats("value_loss"),
			values: floats("values"),
			returns: floats("returns"),
			weights: floats("weights"),
			gradients,
		};
	}

	/** Bytes in and out over all runs so far. */
	get traffic(): Traffic {
		return this.session.traffic;
	}

	async release(): Promise<void> {
		await this.session.release();
	}
}

/** The graph of a mode, and the trained tensors that it reads. */
export function buildStepGraph(source: ModelSource, config: RunConfig, mode: StepMode) {
	const { graph, layout, shape, targets, chunks } = skeleton(source, config);
	const spec = losses[config.method];
	const decoderOptions = { recompute: config.recompute && mode !== "evaluate" };
	const adaptation: Adaptation = config.adapter;
	const policy = new Network(graph, source.config, source.tensors, "policy", adaptation, config.precision);
	const value = new Network(graph, source.config, source.tensors, "value", adaptation, config.precision);
	const perToken = (name: string) => graph.input(name, "f32", shape);
	const mask = perToken("mask");
	const referenceLogProbs = spec.needsReference ? perToken("reference_logp") : null;

	// In the value warm-up the policy still is the reference, whose log-probs are known.
	const policyRuns = mode !== "value-warmup" || config.valueFunction === "shared";
	const hidden = policyRuns ? decoder(policy, layout, decoderOptions) : null;
	const logProbs =
		mode === "value-warmup" && referenceLogProbs
			? referenceLogProbs
			: reshape(logProbsOf(policy, hidden as Value, targets, { chunks }), shape);

	let values: Value | null = null;
	if (spec.needsValue) {
		const states =
			config.valueFunction === "shared"
				? stopGradient(hidden as Value)
				: decoder(value, layout, decoderOptions);
		values = reshape(valueHead(value, states), shape);
	}

	const terms = spec.build(
		{
			logProbs,
			mask,
			referenceLogProbs,
			behaviourLogProbs: spec.needsReference ? perToken("behaviour_logp") : null,
			rewards: spec.needsValue ? perToken("rewards") : null,
			values,
			labels: graph.input("labels", "f32", [layout.P, layout.K]),
			baseline: graph.input("baseline", "f32", []),
		},
		config,
	);
	graph.output("logp", logProbs);
	if (mode !== "value-warmup") graph.output("policy_loss", terms.policy);
	if (terms.value) graph.output("value_loss", terms.value);
	if (values) graph.output("values", mul(values, mask));
	for (const [name, tensor] of Object.entries(terms.diagnostics)) graph.output(name, tensor);

	if (mode !== "evaluate") {
		const weights = graph.input("loss_weights", "f32", terms.policy.shape);
		// Gradients too small for half precision are kept by a factor that the trainer takes out again.
		const seed = config.precision === "f16" ? graph.input("loss_scale", "f32", []) : graph.scalar(1);
		const moved: { loss: Value; network: Network }[] = [];
		if (mode === "train") moved.push({ loss: terms.policy, network: policy });
		if (terms.value) moved.push({ loss: terms.value, network: value });
		// Each network moves by its own loss alone, so each has its own backward walk.
		for (const { loss, network } of moved) {
			const total = aggregate(loss, weights);
			const gradients = backward([{ value: total, gradient: seed }], [...network.trained.values()]);
			for (const [tensor, gradient] of gradients) if (gradient) graph.output(`grad ${tensor.name}`, gradient);
		}
	}
	const trained = new Map<string, readonly number[]>();
	for (const network of [policy, value]) {
		for (const tensor of network.trained.values()) trained.set(tensor.name, tensor.shape as number[]);
	}
	return { graph, trained };
}
