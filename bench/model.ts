import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backward } from "../core/autodiff/backward.ts";
import { Graph, type TensorData } from "../core/graph/graph.ts";
import { mul, reshape, sumAll } from "../core/graph/ops/index.ts";
import { type DecoderConfig, parseHfConfig } from "../core/models/config.ts";
import { decoder } from "../core/models/decoder.ts";
import { logProbsOf } from "../core/models/head.ts";
import { expectedTensors, loadModelFolder } from "../core/models/hf/load.ts";
import { inMemory, type TensorSource } from "../core/models/hf/safetensors.ts";
import { plainLayout } from "../core/models/layout.ts";
import { type Adaptation, Network } from "../core/models/network.ts";
import type { HostTensor } from "../core/runtime/tensors.ts";
import type { Parameters } from "../core/training/adamw.ts";
import { Random } from "../core/training/random.ts";
import type { ModelSource } from "../core/training/step-graph.ts";
import { writeRandomModel } from "./random-model.ts";
import type { Spec } from "./spec.ts";

const random = new Random("bench");
/** Token ids drawn evenly from the vocabulary. */
export const randomIds = (length: number, vocab: number) =>
	Array.from({ length }, () => Math.floor(random.next() * vocab));
const int64 = (shape: number[], ids: number[]): HostTensor => ({
	shape,
	data: BigInt64Array.from(ids, BigInt),
});

/** Weights of more numbers than this are written to files and mapped from there, as a real model's are. */
const IN_FILES = 250e6;

function configJson(spec: Spec) {
	return {
		...{ model_type: "llama", vocab_size: spec.vocab, hidden_size: spec.hidden },
		...{ intermediate_size: spec.intermediate, num_hidden_layers: spec.layers },
		...{ num_attention_heads: spec.heads, num_key_value_heads: spec.kvHeads, max_position_embeddings: 1024 },
		tie_word_embeddings: spec.tied ?? false,
	};
}

/** The same, in a temporary folder where the model is large. */
export async function largeModelOf(spec: Spec): Promise<ModelSource> {
	const shapes = [...expectedTensors(parseHfConfig(configJson(spec))).values()];
	if (shapes.reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0) <= IN_FILES)
		return modelOf(spec);
	const dir = mkdtempSync(join(tmpdir(), "dqo-bench-"));
	writeRandomModel(dir, { ...configJson(spec), eos_token_id: 1 });
	return loadModelFolder(dir);
}

/** A model of the spec's size with random weights. */
export function modelOf(spec: Spec): ModelSource {
	const config: DecoderConfig = parseHfConfig(configJson(spec));
	const tensors = new Map<string, TensorSource>();
	for (const [name, shape] of expectedTensors(config)) {
		const bound = Math.sqrt(3 / (shape.at(-1) as number));
		const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
		for (let i = 0; i < data.length; i++) data[i] = shape.length === 1 ? 1 : bound * (2 * random.next() - 1);
		tensors.set(name, inMemory(shape, data));
	}
	return { config, tensors };
}

/** The graph of a whole step on plain sequences: mean cross-entropy at all positions and its gradients. */
export function plainGraph(spec: Spec): {
	graph: Graph;
	trained: Map<string, readonly number[]>;
	model: ModelSource;
} {
	const model = modelOf(spec);
	const adaptation: Adaptation =
		spec.mode === "train-lora"
			? { type: "lora", rank: spec.loraRank, alpha: 2 * spec.loraRank }
			: { type: "full" };
	const graph = new Graph();
	const layout = plainLayout(graph);
	const network = new Network(graph, model.config, model.tensors, "policy", adaptation);
	const targets = reshape(graph.input("targets", "i64", ["B", "T"]), [layout.rows]);
	const logProbs = logProbsOf(network, decoder(network, layout), targets);
	const loss = sumAll(mul(logProbs, -1 / (spec.batch * spec.seq)));
	const gradients = backward([{ value: loss, gradient: graph.scalar(1) }], [...network.trained.values()]);
	graph.output("loss", loss);
	for (const [tensor, gradient] of gradients) if (gradient) graph.output(`grad ${tensor.name}`, gradient);
	const trained = new Map(
		[...network.trained.values()].map((tensor) => [tensor.name, tensor.shape as readonly number[]]),
	);
	return { graph, trained, model };
}

/** Feeds of one step of `plainGraph`. */
export function plainFeeds(
	spec: Spec,
	trained: ReadonlyMap<string, readonly number[]>,
	parameters: Parameters,
): Record<string, HostTensor> {
	const shape = [spec.batch, spec.seq];
	const feeds: Record<string, HostTensor> = {};
	for (const [name, shape] of trained) feeds[name] = { shape, data: parameters.get(name) as TensorData };
	feeds.input_ids = int64(shape, randomIds(spec.batch * spec.seq, spec.vocab));
	feeds.targets = int64(shape, randomIds(spec.batch * spec.seq, spec.vocab));
	return feeds;
}
