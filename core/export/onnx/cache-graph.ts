import { addDim, type Dim, mulDim } from "../../graph/dims.ts";
import { Graph, type Value } from "../../graph/graph.ts";
import {
	add,
	cast,
	concat,
	lessOrEqual,
	matmul,
	mul,
	range,
	reshape,
	sizeOf,
	softmax,
	sub,
	tanh,
	transpose,
} from "../../graph/ops/index.ts";
import type { DecoderConfig } from "../../models/config.ts";
import { decoderWith } from "../../models/decoder.ts";
import { logitsOf } from "../../models/head.ts";
import { MASKED, passed } from "../../models/layout.ts";
import { Network, type Tensors } from "../../models/network.ts";

const B = "batch_size";
const T = "sequence_length";
const PAST = "past_sequence_length";
const TOTAL = addDim(PAST, T);

/**
 * A decoder that reads and gives its cache as tensors, under the names that transformers.js and optimum use.
 *
 * Inputs: `input_ids [B, T]`, `attention_mask [B, past + T]` (0 on padding, wherever it stands), `position_ids [B, T]`,
 * `past_key_values.{layer}.key` and `.value` `[B, kvHeads, past, headDim]` of type `cache`.
 * Outputs: `logits [B, T, V]`, `present.{layer}.key` and `.value` `[B, kvHeads, past + T, headDim]`.
 */
export function cacheGraph(config: DecoderConfig, tensors: Tensors, cache: "f32" | "f16"): Graph {
	const graph = new Graph();
	const network = new Network(graph, config, tensors, "decoder", { type: "frozen" });
	const rows = mulDim(B, T);
	const ids = graph.input("input_ids", "i64", [B, T]);
	const mask = graph.input("attention_mask", "i64", [B, TOTAL]);
	const positions = reshape(graph.input("position_ids", "i64", [B, T]), [rows, 1]);
	const past = Array.from({ length: config.layers }, (_, layer) =>
		(["key", "value"] as const).map((part) =>
			graph.input(`past_key_values.${layer}.${part}`, cache, [B, config.kvHeads, PAST, config.headDim]),
		),
	) as [keys: Value, values: Value][];

	const hidden = decoderWith(
		(queries, keys, values, { layer }) => {
			const [pastKeys, pastValues] = past[layer] as [Value, Value];
			const presentKeys = concat([pastKeys, byHead(keys, config, cache)], 2);
			const presentValues = concat([pastValues, byHead(values, config, cache)], 2);
			graph.output(`present.${layer}.key`, presentKeys);
			graph.output(`present.${layer}.value`, presentValues);
			const bias = maskBias(mask, config.layerWindows[layer] ?? null);
			return attend(queries, presentKeys, presentValues, bias, config);
		},
		network,
		{ tokens: reshape(ids, [rows]), positions, rowPositions: positions, rows, prefix: null },
	);
	const logits = graph.scope("lm_head", () => logitsOf(network, hidden));
	graph.output("logits", reshape(logits, [B, T, config.vocabSize]));
	return graph;
}

/**
 * 0 where a token may look, which is at itself and, as far as the window reaches, before, and never at padding; masked
 * elsewhere: `[B, 1, T, past + T]`. A row that may look nowhere still gives finite numbers.
 */
function maskBias(mask: Value, window: number | null): Value {
	const { graph } = mask;
	return graph.once(`mask/${window}`, () => {
		const queries = reshape(add(range(graph, T), sizeOf(graph, PAST)), [T, 1]);
		const keys = reshape(range(graph, TOTAL), [1, TOTAL]);
		const closed = (open: Value) => sub(1, cast(open, "f32"));
		const later = closed(lessOrEqual(keys, queries));
		const outside = window === null ? later : add(later, passed(queries, keys, window));
		const padding = reshape(closed(mask), [B, 1, 1, TOTAL]);
		return mul(add(reshape(outside, [1, 1, T, TOTAL]), padding), MASKED);
	});
}

/** `[B*T, kvHeads * headDim]` to `[B, kvHeads, T, headDim]` in the cache's type. */
function byHead(x: Value, { kvHeads, headDim }: DecoderConfig, cache: "f32" | "f16"): Value {
	return cast(transpose(reshape(x, [B, T, kvHeads, headDim]), [0, 2, 1, 3]), cache);
}

/** Attention over a whole cache, products in the cache's type and softmax in float32; the queries of a key head together. */
function attend(queries: Value, keys: Value, values: Value, bias: Value, config: DecoderConfig): Value {
	const { heads, kvHeads, headDim, attentionScale, attentionSoftcap: cap } = config;
	const G = heads / kvHeads;
	const grouped: Dim = mulDim(G, T);
	// Scaled before the product, which half precision could not hold otherwise.
	const scaled = mul(queries, attentionScale / (cap ?? 1));
	const split = transpose(reshape(scaled, [B, T, kvHeads, G, headDim]), [0, 2, 3, 1, 4]);
	const q = cast(reshape(split, [B, kvHeads, grouped, headDim]), keys.dtype);
	const products = cast(matmul(q, keys, { transB: true }), "f32");
	const scores = cap === null ? products : mul(tanh(products), cap);
	const weights = softmax(add(reshape(scores, [B, heads, T, TOTAL]), bias));
	const mixed = matmul(cast(reshape(weights, [B, kvHeads, grouped, TOTAL]), values.dtype), values);
	const moved = transpose(reshape(cast(mixed, "f32"), [B, kvHeads, G, T, headDim]), [0, 3, 1, 2, 4]);
	return reshape(moved, [mulDim(B, T), heads * headDim]);
}
