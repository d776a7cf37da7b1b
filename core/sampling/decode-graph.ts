import type { Precision } from "../contract/run.ts";
import { addDim, type Dim, mulDim } from "../graph/dims.ts";
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
	tanh,
	transpose,
} from "../graph/ops/index.ts";
import type { DecoderConfig } from "../models/config.ts";
import { decoderWith } from "../models/decoder.ts";
import { logitsOf } from "../models/head.ts";
import { MASKED, passed } from "../models/layout.ts";
import { Network, type Tensors } from "../models/network.ts";
import { chooseTokens } from "./choose.ts";
import { cacheNames } from "./prefill-graph.ts";

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
export function decodeGraph(config: DecoderConfig, tensors: Tensors, precision?: Precision): Graph {
	const graph = new Graph();
	const network = new Network(graph, config, tensors, "decode", { type: "frozen" }, precision);
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
	const padding = paddingBias(lengths, kvHeads);
	const nothing = expand(reshape(graph.scalar(0), [1, 1, 1]), [own, 0, headDim]);
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
					const window = config.layerWindows[layer] ?? null;
					const bias: Biases =
						window === null
							? { prefix: padding, own: null }
							: windowBiases(padding, lengths, step, window, kvHeads);
					return attendBlocks(queries, caches[layer] as LayerCache, joined, bias, config);
				},
				network,
				layout,
			);
			const logits = logitsOf(network, hidden);
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
function paddingBias(lengths: Value, kvHeads: number): Value {
	const keys = reshape(range(lengths.graph, "L"), [1, "L"]);
	return promptBias(cast(greaterOrEqual(keys, reshape(lengths, ["P", 1])), "f32"), kvHeads);
}

/** `[P, L]`, 1 where masked, as `[P * kvHeads, 1, L]`. */
function promptBias(masked: Value, kvHeads: number): Value {
	const bias = expand(reshape(mul(masked, MASKED), ["P", 1, "L"]), ["P", kvHeads, "L"]);
	return reshape(bias, [mulDim("P", kvHeads), 1, "L"]);
}

/** Added to the scores of the prompt, and to those of the past and of the recent tokens where there is need. */
interface Biases {
	/** `[P * kvHeads, 1, L]`. */
	prefix: Value;
	/** `[1, 1, S]` and `[1, 1, R + 1]`. */
	own: [past: Value, recent: Value] | null;
}

/** Masks what the window of the token drawn in this step has passed. */
function windowBiases(padding: Value, lengths: Value, step: Value, window: number, kvHeads: number): Biases {
	const { graph } = padding;
	const drawn = reshape(add(sizeOf(graph, "S"), step), [1, 1]);
	const prefix = graph.once(`prefix/${window}`, () => {
		const positions = add(reshape(lengths, ["P", 1]), drawn);
		const keys = reshape(range(graph, "L"), [1, "L"]);
		return add(padding, promptBias(passed(positions, keys, window), kvHeads));
	});
	const own = graph.once(`own/${window}`, () => {
		const length = addDim("S", "R", 1);
		const masked = passed(drawn, reshape(range(graph, length), [1, length]), window);
		return reshape(mul(masked, MASKED), [1, 1, length]);
	});
	return { prefix, own: split(own, ["S", addDim("R", 1)], 2) as [Value, Value] };
}

/**
 * Attention of one new token a row over the prompt, the past and the recent tokens, with one softmax over all three.
 * A prompt's keys meet the queries of all its rows in one product: nothing of the prefix is repeated.
 */
function attendBlocks(
	queries: Value,
	{ prefix, past }: LayerCache,
	recent: readonly [Value, Value],
	bias: Biases,
	{ heads, kvHeads, headDim, attentionScale, attentionSoftcap: cap }: DecoderConfig,
): Value {
	const G = heads / kvHeads;
	const alpha = attentionScale / (cap ?? 1);
	const own = mulDim("P", "K", kvHeads);
	const [shared, sharedRows] = [mulDim("P", kvHeads), mulDim("K", G)];
	const recentLength = recent[0].shape[1] as Dim;
	const q = transpose(reshape(queries, ["P", "K", kvHeads, G * headDim]), [0, 2, 1, 3]);
	const sharedQueries = reshape(q, [shared, sharedRows, headDim]);
	const ownQueries = reshape(q, [own, G, headDim]);
	const score = (q: Value, keys: Value) => {
		const products = matmul(q, keys, { transB: true, alpha });
		return cap === null ? products : mul(tanh(products), cap);
	};
	const masked = (scores: Value, bias: Value | undefined) => (bias ? add(scores, bias) : scores);
	const scores = concat(
		[
			reshape(masked(score(sharedQueries, prefix[0]), bias.prefix), [own, G, "L"]),
			masked(score(ownQueries, past[0]), bias.own?.[0]),
			masked(score(ownQueries, recent[0]), bias.own?.[1]),
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
