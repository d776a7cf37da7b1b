import { type Dim, mulDim } from "../graph/dims.ts";
import { Graph, type Value } from "../graph/graph.ts";
import {
	add,
	at,
	cast,
	concat,
	expand,
	greaterOrEqual,
	loop,
	matmul,
	minimum,
	mul,
	range,
	reshape,
	sizeOf,
	softmax,
	split,
	transpose,
} from "../graph/ops/index.ts";
import type { DecoderConfig } from "../models/config.ts";
import { decoderWith } from "../models/decoder.ts";
import { Network, type Tensors } from "../models/network.ts";
import { chooseTokens } from "./choose.ts";
import { cacheNames } from "./prefill-graph.ts";

/** Enough to vanish after softmax. */
const MASKED = -1e30;

interface LayerCache {
	/** Of the prompt, shared by its K rows: `[P * kvHeads, L, headDim]`. */
	prefix: [keys: Value, values: Value];
	/** Of the tokens of earlier runs: `[P * kvHeads * K, S, headDim]`. */
	past: [keys: Value, values: Value];
}

/**
 * Draws C tokens for P prompts of K rows each, the loop over tokens inside the graph. Only what this run adds to the
 * cache is loop state; the long rest is read from outside of the loop and never copied.
 *
 * Inputs: `tokens [P, K]` (each row's last token), `prefix_lengths [P]` (prompt length - 1), `noise [C, P*K, Q]` (Q is
 * top-k), `temperature`, `threshold`, `top_p`, and the caches `prefix.*`, `past.*`.
 * Outputs: `chosen [C, P*K]`, `log_probs [C, P*K]`, and the cache `recent.* [P * kvHeads * K, C, headDim]`.
 */
export function decodeGraph(config: DecoderConfig, tensors: Tensors): Graph {
	const graph = new Graph();
	const network = new Network(graph, config, tensors, "decode", { type: "frozen" });
	const { kvHeads, headDim, layers } = config;
	const rows = mulDim("P", "K");
	const own = mulDim("P", "K", kvHeads);
	const tokens = graph.input("tokens", "i64", ["P", "K"]);
	const lengths = graph.input("prefix_lengths", "i64", ["P"]);
	const noise = graph.input("noise", "f32", ["C", rows, "Q"]);
	const truncation = {
		temperature: graph.input("temperature", "f32", []),
		threshold: graph.input("threshold", "f32", []),
		topP: graph.input("top_p", "f32", []),
	};
	const caches: LayerCache[] = Array.from({ length: layers }, (_, layer) => {
		const block = (name: string, batch: Dim, length: Dim) =>
			cacheNames(name, layer).map((each) => graph.input(each, "f32", [batch, length, headDim])) as [
				Value,
				Value,
			];
		return { prefix: block("prefix", mulDim("P", kvHeads), "L"), past: block("past", own, "S") };
	});

	const start = reshape(add(expand(reshape(lengths, ["P", 1]), ["P", "K"]), sizeOf(graph, "S")), [rows, 1]);
	const bias = prefixBias(lengths, kvHeads);
	const nothing = expand(reshape(graph.scalar(0), [1, 1, 1]), [own, 0, headDim]);
	const head = network.weight(config.tiedEmbeddings ? "model.embed_tokens.weight" : "lm_head.weight");
	const growing = caches.flatMap((_, layer) =>
		cacheNames("recent", layer).map((name) => ({
			name,
			initial: nothing,
			shape: [own, "R", headDim],
			final: [own, "C", headDim],
		})),
	);
	const last = { name: "token", initial: reshape(tokens, [rows]), shape: [rows], final: [rows] };
	const { state, scans } = loop(graph, {
		name: "tokens",
		steps: "C",
		state: [last, ...growing],
		build: (step, [token, ...recent]) => {
			// A row that has ended runs on until the next repacking; its position must stay inside the tables.
			const positions = minimum(add(start, step), graph.ints(config.maxPosition - 1));
			const grown: Value[] = [];
			const layout = { tokens: token as Value, positions, rowPositions: positions, rows, prefix: null };
			const hidden = decoderWith(
				(queries, keys, values, { layer }) => {
					const joined = [keys, values].map((x, i) =>
						concat([recent[2 * layer + i] as Value, byHead(x, config)], 1),
					) as [Value, Value];
					grown.push(...joined);
					return attendBlocks(queries, caches[layer] as LayerCache, joined, bias, config);
				},
				network,
				layout,
			);
			const logits = matmul(hidden, head, { transB: true });
			const { tokens: chosen, logProbs } = chooseTokens(logits, at(noise, step), truncation);
			return { state: [chosen, ...grown], scans: [chosen, logProbs] };
		},
	});
	graph.output("chosen", scans[0] as Value);
	graph.output("log_probs", scans[1] as Value);
	for (const [i, { name }] of growing.entries()) graph.output(name, state[i + 1] as Value);
	return graph;
}

/** `[P*K, kvHeads * D]` to `[P * kvHeads * K, 1, D]`. */
function byHead(x: Value, { kvHeads, headDim }: DecoderConfig): Value {
	const moved = transpose(reshape(x, ["P", "K", kvHeads, headDim]), [0, 2, 1, 3]);
	return reshape(moved, [mulDim("P", "K", kvHeads), 1, headDim]);
}

/** 0 where the prompt has a token, masked in its padding: `[P * kvHeads, 1, L]`. */
function prefixBias(lengths: Value, kvHeads: number): Value {
	const { graph } = lengths;
	const beyond = greaterOrEqual(reshape(range(graph, "L"), [1, "L"]), reshape(lengths, ["P", 1]));
	const bias = expand(reshape(mul(cast(beyond, "f32"), MASKED), ["P", 1, "L"]), ["P", kvHeads, "L"]);
	return reshape(bias, [mulDim("P", kvHeads), 1, "L"]);
}

/**
 * Attention of one new token a row over the prompt, the past and the recent tokens, with one softmax over all three.
 * A prompt's keys meet the queries of all its rows in one product: nothing of the prefix is repeated.
 */
function attendBlocks(
	queries: Value,
	{ prefix, past }: LayerCache,
	recent: readonly [Value, Value],
	bias: Value,
	{ heads, kvHeads, headDim }: DecoderConfig,
): Value {
	const G = heads / kvHeads;
	const alpha = 1 / Math.sqrt(headDim);
	const own = mulDim("P", "K", kvHeads);
	const [shared, sharedRows] = [mulDim("P", kvHeads), mulDim("K", G)];
	const recentLength = recent[0].shape[1] as Dim;
	const q = transpose(reshape(queries, ["P", "K", kvHeads, G * headDim]), [0, 2, 1, 3]);
	const sharedQueries = reshape(q, [shared, sharedRows, headDim]);
	const ownQueries = reshape(q, [own, G, headDim]);
	const score = (q: Value, keys: Value) => matmul(q, keys, { transB: true, alpha });
	const scores = concat(
		[
			reshape(add(score(sharedQueries, prefix[0]), bias), [own, G, "L"]),
			score(ownQueries, past[0]),
			score(ownQueries, recent[0]),
		],
		2,
	);
	const parts = split(softmax(scores), ["L", "S", recentLength], 2) as [Value, Value, Value];
	const fromPrefix = matmul(reshape(parts[0], [shared, sharedRows, "L"]), prefix[1]);
	const fromOwn = add(matmul(parts[1], past[1]), matmul(parts[2], recent[1]));
	const sum = add(reshape(fromPrefix, [own, G, headDim]), fromOwn);
	const moved = transpose(reshape(sum, ["P", kvHeads, "K", G * headDim]), [0, 2, 1, 3]);
	return reshape(moved, [mulDim("P", "K"), heads * headDim]);
}
