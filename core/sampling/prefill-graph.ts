import type { Precision } from "../contract/run.ts";
import { mulDim } from "../graph/dims.ts";
import type { Value } from "../graph/graph.ts";
import { Graph } from "../graph/graph.ts";
import { reshape, transpose } from "../graph/ops/index.ts";
import { attention } from "../models/attention.ts";
import type { DecoderConfig } from "../models/config.ts";
import { decoderWith } from "../models/decoder.ts";
import { plainLayout } from "../models/layout.ts";
import { Network, type Tensors } from "../models/network.ts";

/** Names of a layer's cache tensors, keys then values. */
export const cacheNames = (block: string, layer: number): [string, string] => [
	`${block}.${layer}.key`,
	`${block}.${layer}.value`,
];

/** Names of all cache tensors of a block, layer by layer. */
export const allCacheNames = (block: string, { layers }: Pick<DecoderConfig, "layers">): string[] =>
	Array.from({ length: layers }, (_, layer) => cacheNames(block, layer)).flat();

/**
 * Reads prompts into the cache: `input_ids [B, T]` gives `prefix.<layer>.key` and `.value` `[B * kvHeads, T, headDim]`.
 * Everything behind the last layer's keys and values is needed by no output and so never built into the model.
 */
export function prefillGraph(config: DecoderConfig, tensors: Tensors, precision?: Precision): Graph {
	const graph = new Graph();
	const network = new Network(graph, config, tensors, "prefill", { type: "frozen" }, precision);
	const layout = plainLayout(graph);
	const { kvHeads, headDim } = config;
	const byHead = (x: Value) =>
		reshape(transpose(reshape(x, ["B", "T", kvHeads, headDim]), [0, 2, 1, 3]), [
			mulDim("B", kvHeads),
			"T",
			headDim,
		]);
	decoderWith(
		(queries, keys, values, at) => {
			const [key, value] = cacheNames("prefix", at.layer);
			graph.output(key, byHead(keys));
			graph.output(value, byHead(values));
			return attention(queries, keys, values, layout, config, at);
		},
		network,
		layout,
	);
	return graph;
}
