import { addDim, type Dim, mulDim } from "../graph/dims.ts";
import type { Value } from "../graph/graph.ts";
import {
	add,
	cast,
	concat,
	expand,
	greaterOrEqual,
	lessOrEqual,
	matmul,
	minimum,
	mul,
	range,
	reshape,
	sizeOf,
	softmax,
	split,
	sub,
	tanh,
	transpose,
} from "../graph/ops/index.ts";
import type { DecoderConfig } from "../models/config.ts";
import { decoderWith } from "../models/decoder.ts";
import { logitsOf } from "../models/head.ts";
import { MASKED, passed } from "../models/layout.ts";
import type { Network } from "../models/network.ts";
import { chooseTokens, type Truncation } from "./choose.ts";

export interface LayerCache {
	/** Of the prompt, shared by its K rows: `[P * kvHeads, L, headDim]`. */
	prefix: [keys: Value, values: Value];
	/** Of the tokens of earlier runs: `[P * kvHeads * K, S, headDim]`. */
	past: [keys: Value, values: Value];
}

/** What a step reads that is the same in every step. */
export interface StepInputs {
	/** Prompt length - 1: `[P]`. */
	readonly lengths: Value;
	readonly caches: readonly LayerCache[];
	readonly truncation: Truncation;
	/** Positions at the start of the past that hold no token. */
	readonly lead: number;
}

/** Draws one token for every row. */
export type Step = (at: {
	/** Number of the step since the past ends, a scalar. */
	readonly number: Value;
	/** The last token of each row: `[P*K]`. */
	readonly token: Value;
	/** Keys and values of the tokens since the past ends, layer by layer: `[P * kvHeads * K, R, headDim]`. */
	readonly recent: readonly Value[];
	/** `[P*K, Q]`. */
	readonly noise: Value;
}) => {
	/** `[P*K]`. */
	readonly tokens: Value;
	readonly logProbs: Value;
	/** `recent` and the last token's: `[P * kvHeads * K, R + 1, headDim]`. */
	readonly grown: readonly Value[];
};

/** The step of decoding. What every step has in common is built now, the rest when the step is. */
export function decodeStep(network: Network, { lengths, caches, truncation, lead }: StepInputs): Step {
	const { graph, config } = network;
	const rows = mulDim("P", "K");
	const drawn = sub(sizeOf(graph, "S"), graph.ints([lead]));
	const start = reshape(add(expand(reshape(lengths, ["P", 1]), ["P", "K"]), drawn), [rows, 1]);
	const padding = paddingBias(lengths, config.kvHeads);
	const blank = lead === 0 ? null : leadBias(padding, lead);
	return ({ number, token, recent, noise }) => {
		// A row that has ended runs on until the next repacking; its position must stay inside the tables.
		const positions = minimum(add(start, number), graph.ints(config.maxPosition - 1));
		const grown: Value[] = [];
		const layout = { tokens: token, positions, rowPositions: positions, rows, prefix: null };
		const hidden = decoderWith(
			(queries, keys, values, { layer }) => {
				const joined = [keys, values].map((x, i) =>
					concat([recent[2 * layer + i] as Value, byHead(x, config)], 1),
				) as [Value, Value];
				grown.push(...joined);
				const window = config.layerWindows[layer] ?? null;
				const bias =
					window === null
						? { prefix: padding, past: blank, recent: null }
						: windowBiases({ padding, blank }, { lengths, number, lead }, window, config.kvHeads);
				return attendBlocks(queries, caches[layer] as LayerCache, joined, bias, config);
			},
			network,
			layout,
		);
		const { tokens, logProbs } = chooseTokens(logitsOf(network, hidden), noise, truncation);
		return { tokens, logProbs, grown };
	};
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

/** Masks the positions at the start of the past that hold no token: `[1, 1, S]`. */
function leadBias({ graph }: Value, lead: number): Value {
	const masked = cast(lessOrEqual(range(graph, "S"), graph.ints(lead - 1)), "f32");
	return reshape(mul(masked, MASKED), [1, 1, "S"]);
}

/** Added to the scores of the prompt, and to those of the past and of the recent tokens where there is need. */
interface Biases {
	/** `[P * kvHeads, 1, L]`. */
	readonly prefix: Value;
	/** `[1, 1, S]`. */
	readonly past: Value | null;
	/** `[1, 1, R + 1]`. */
	readonly recent: Value | null;
}

/** Masks what the window of the token drawn in this step has passed too. */
function windowBiases(
	{ padding, blank }: { padding: Value; blank: Value | null },
	{ lengths, number, lead }: { lengths: Value; number: Value; lead: number },
	window: number,
	kvHeads: number,
): Biases {
	const { graph } = padding;
	const drawn = reshape(add(sizeOf(graph, "S"), number), [1, 1]);
	const prefix = graph.once(`prefix/${window}`, () => {
		const positions = add(reshape(lengths, ["P", 1]), sub(drawn, graph.ints(lead)));
		const keys = reshape(range(graph, "L"), [1, "L"]);
		return add(padding, promptBias(passed(positions, keys, window), kvHeads));
	});
	const own = graph.once(`own/${window}`, () => {
		const length = addDim("S", "R", 1);
		const masked = passed(drawn, reshape(range(graph, length), [1, length]), window);
		return reshape(mul(masked, MASKED), [1, 1, length]);
	});
	const [past, recent] = split(own, ["S", addDim("R", 1)], 2) as [Value, Value];
	return { prefix, past: blank === null ? past : add(past, blank), recent };
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
	const masked = (scores: Value, bias: Value | null) => (bias ? add(scores, bias) : scores);
	const scores = concat(
		[
			reshape(masked(score(sharedQueries, prefix[0]), bias.prefix), [own, G, "L"]),
			masked(score(ownQueries, past[0]), bias.past),
			masked(score(ownQueries, recent[0]), bias.recent),
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
