import { type Dim, mulDim, type Shape } from "../graph/dims.ts";
import type { Value } from "../graph/graph.ts";
import {
	add,
	concat,
	matmul,
	mul,
	reduceSum,
	reshape,
	softmax,
	split,
	square,
	sub,
	tanh,
	transpose,
} from "../graph/ops/index.ts";
import type { DecoderConfig } from "./config.ts";
import type { Layout } from "./layout.ts";

/**
 * Grouped-query causal attention over a layout. `queries` cover the prefix rows too unless `rowsOnly`;
 * `keys` and `values` `[M, kvHeads * headDim]` always do. Gives the attended values of the query rows.
 *
 * It is a region with its own gradient: the scores are by far the largest tensors here, and what reverse mode would
 * make of their concat, softmax and split reads and writes them twice as often.
 */
export function attention(
	queries: Value,
	keys: Value,
	values: Value,
	layout: Layout,
	config: DecoderConfig,
	{ layer, rowsOnly }: { layer: number; rowsOnly: boolean },
): Value {
	const { P, K, T, prefix } = layout;
	const own: Rows = { sizes: [P, K, T], config };
	const shared: Rows[] = prefix ? [{ sizes: [P, 1, prefix.L], config }] : [];
	const keyRows = [...shared, own];
	const queryRows = rowsOnly ? [own] : keyRows;
	const window = config.layerWindows[layer] ?? null;
	const rowBias = layout.rowBias(window);
	const prefixBias = prefix?.bias(window);
	let tapes: Tape[] = [];

	const [output] = queries.graph.group(
		"attention",
		[queries, keys, values],
		() => {
			const k = cut(keys, keyRows).map((x, i) => keyHeads(x, keyRows[i] as Rows));
			const v = cut(values, keyRows).map((x, i) => keyHeads(x, keyRows[i] as Rows));
			tapes = cut(queries, queryRows).map((x, i) => {
				const rows = queryRows[i] as Rows;
				// The prefix looks at itself, a row at its prefix and at itself.
				const reads = rows === own ? keyRows : shared;
				const bias = rows === own ? rowBias : (prefixBias as Value);
				return attend(queryHeads(x, rows), rows, k, v, reads, bias);
			});
			return [
				concat(
					tapes.map(({ mixed, rows }) => mergeQueries(mixed, rows)),
					0,
				),
			];
		},
		({ region, outputGradients: [gradient], accumulate }) => {
			if (!gradient) return;
			// sum(dP P) over the keys is sum(dO O) over the head's features, a far smaller sum.
			const heads = mul(gradient, region.outputs[0] as Value);
			const { heads: count, headDim } = config;
			const rows = gradient.shape[0] as Dim;
			const sums = reshape(reduceSum(reshape(heads, [rows, count, headDim]), [2]), [rows, count]);
			const ofKeys: (Value | null)[] = keyRows.map(() => null);
			const ofValues: (Value | null)[] = keyRows.map(() => null);
			const plus = (a: Value | null | undefined, b: Value) => (a ? add(a, b) : b);
			const [gradients, rowSums] = [cut(gradient, queryRows), cut(sums, queryRows)];
			const ofQueries = tapes.map((tape, i) => {
				const dMixed = queryHeads(gradients[i] as Value, tape.rows);
				const rowSum = queryHeads(rowSums[i] as Value, tape.rows);
				const { dq, blocks } = attendGradient(tape, dMixed, rowSum);
				for (const [j, { dk, dv }] of blocks.entries()) {
					ofKeys[j] = plus(ofKeys[j], dk);
					ofValues[j] = plus(ofValues[j], dv);
				}
				return mergeQueries(dq, tape.rows);
			});
			const mergeAll = (parts: readonly (Value | null)[]) =>
				concat(
					parts.map((part, i) => mergeKeys(part as Value, keyRows[i] as Rows)),
					0,
				);
			accumulate(queries, concat(ofQueries, 0));
			accumulate(keys, mergeAll(ofKeys));
			accumulate(values, mergeAll(ofValues));
		},
	);
	return output as Value;
}

/** Consecutive rows of a packed matrix. */
interface Rows {
	/** Groups, rows a group, tokens a row. */
	readonly sizes: readonly [P: Dim, K: Dim, T: Dim];
	readonly config: DecoderConfig;
}

const rowCount = ({ sizes }: Rows) => mulDim(...sizes);

function cut(x: Value, parts: readonly Rows[]): Value[] {
	return split(x, parts.map(rowCount), 0);
}

/** Keys that a softmax runs over, and how the queries stand against them: `batch` products of `rows` by `length`. */
interface Block {
	readonly keys: Value;
	readonly values: Value;
	readonly batch: Dim;
	readonly rows: Dim;
	readonly length: Dim;
}

/** What the gradient of one attention reads again. */
interface Tape {
	readonly rows: Rows;
	/** `[P, kvHeads, K, queriesPerKey, T, headDim]`, as is the result `mixed`. */
	readonly q: Value;
	readonly mixed: Value;
	readonly blocks: readonly Block[];
	/** Attention weights on each block, `[batch, rows, length]`. */
	readonly weights: readonly Value[];
	/** Scores over their cap after tanh, of the same shape; none where scores have no cap. */
	readonly tanhs: readonly Value[];
}

/**
 * Attention of query rows over blocks of keys, with one softmax over all blocks. A group's queries meet its prefix in
 * one product: nothing of the prefix is repeated.
 */
function attend(
	q: Value,
	rows: Rows,
	keys: readonly Value[],
	values: readonly Value[],
	reads: readonly Rows[],
	bias: Value,
): Tape {
	const { sizes, config } = rows;
	const [P, K, T] = sizes;
	const { kvHeads, heads, headDim, attentionScale, attentionSoftcap: cap } = config;
	const G = heads / kvHeads;
	const blocks = reads.map(({ sizes: [, copies, length] }, i): Block => {
		const each = copies === K ? mulDim(G, T) : mulDim(K, G, T);
		return {
			keys: keys[i] as Value,
			values: values[i] as Value,
			batch: mulDim(P, kvHeads, copies),
			rows: each,
			length,
		};
	});
	const alpha = attentionScale / (cap ?? 1);
	const products = blocks.map(({ keys, batch, rows }) =>
		matmul(reshape(q, [batch, rows, headDim]), keys, { transB: true, alpha }),
	);
	const tanhs = cap === null ? [] : products.map(tanh);
	const scores = (cap === null ? products : tanhs.map((x) => mul(x, cap))).map((x, i) =>
		reshape(x, [P, mulDim(kvHeads, K, G), T, (blocks[i] as Block).length]),
	);
	const lengths = blocks.map(({ length }) => length);
	const weights = split(softmax(add(concat(scores, 3), bias)), lengths, 3).map((part, i) => {
		const { batch, rows, length } = blocks[i] as Block;
		return reshape(part, [batch, rows, length]);
	});
	const mixed = weights
		.map((weight, i) => reshape(matmul(weight, (blocks[i] as Block).values), q.shape))
		.reduce((a, b) => add(a, b));
	return { rows, q, mixed, blocks, weights, tanhs };
}

/**
 * With W the weights, S the scores and O the result: dW = dO V^T, dS = W (dW - sum(dO O)), dQ = dS K, dK = dS^T Q,
 * dV = W^T dO. `rowSum` is sum(dO O), one number a query. Of capped scores dS is to be multiplied by 1 - tanh^2.
 */
function attendGradient({ q, rows, blocks, weights, tanhs }: Tape, dMixed: Value, rowSum: Value) {
	const { config } = rows;
	const alpha = config.attentionScale;
	const gradients = blocks.map(({ keys, values, batch, rows }, i) => {
		const weight = weights[i] as Value;
		const dOutput = reshape(dMixed, [batch, rows, config.headDim]);
		const dWeight = matmul(dOutput, values, { transB: true });
		const dCapped = mul(weight, sub(dWeight, reshape(rowSum, [batch, rows, 1])));
		const capped = tanhs[i];
		const dScores = capped ? mul(dCapped, sub(1, square(capped))) : dCapped;
		return {
			dq: reshape(matmul(dScores, keys, { alpha }), q.shape),
			dk: matmul(dScores, reshape(q, [batch, rows, config.headDim]), { transA: true, alpha }),
			dv: matmul(weight, dOutput, { transA: true }),
		};
	});
	return { dq: gradients.map(({ dq }) => dq).reduce((a, b) => add(a, b)), blocks: gradients };
}

/** `[P*K*T, heads * size]` to `[P, kvHeads, K, queriesPerKey, T, size]`. */
function queryHeads(x: Value, { sizes: [P, K, T], config: { kvHeads, heads } }: Rows): Value {
	const size = (x.shape[1] as number) / heads;
	return permute(x, [P, K, T, kvHeads, heads / kvHeads, size], [0, 3, 1, 4, 2, 5]);
}

/** `[P, kvHeads, K, queriesPerKey, T, headDim]` to `[P*K*T, heads * headDim]`. */
function mergeQueries(x: Value, rows: Rows): Value {
	const { heads, headDim } = rows.config;
	return reshape(permute(x, x.shape, [0, 2, 4, 1, 3, 5]), [rowCount(rows), heads * headDim]);
}

/** `[P*K*T, kvHeads * headDim]` to `[P * kvHeads * K, T, headDim]`. */
function keyHeads(x: Value, { sizes: [P, K, T], config: { kvHeads, headDim } }: Rows): Value {
	const heads = permute(x, [P, K, T, kvHeads, headDim], [0, 3, 1, 2, 4]);
	return reshape(heads, [mulDim(P, kvHeads, K), T, headDim]);
}

/** `[P * kvHeads * K, T, headDim]` to `[P*K*T, kvHeads * headDim]`. */
function mergeKeys(x: Value, rows: Rows): Value {
	const [P, K, T] = rows.sizes;
	const { kvHeads, headDim } = rows.config;
	return reshape(permute(x, [P, kvHeads, K, T, headDim], [0, 2, 3, 1, 4]), [
		rowCount(rows),
		kvHeads * headDim,
	]);
}

/** Reads `x` as `shape` and permutes it; axes of size 1 are dropped first, which keeps the kernel on its fast paths. */
function permute(x: Value, shape: Shape, order: readonly number[]): Value {
	const kept = shape.flatMap((dim, axis) => (dim === 1 ? [] : [axis]));
	const narrow = order.filter((axis) => kept.includes(axis)).map((axis) => kept.indexOf(axis));
	const moved = transpose(
		reshape(
			x,
			kept.map((axis) => shape[axis] as Dim),
		),
		narrow,
	);
	return reshape(
		moved,
		order.map((axis) => shape[axis] as Dim),
	);
}
