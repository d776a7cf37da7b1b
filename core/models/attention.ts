import { type Dim, mulDim, type Shape } from "../graph/dims.ts";
import type { Value } from "../graph/graph.ts";
import { add, concat, matmul, reshape, softmax, split, transpose } from "../graph/ops/index.ts";
import type { DecoderConfig } from "./config.ts";
import type { Layout } from "./layout.ts";

/**
 * Grouped-query causal attention over a layout. `queries` cover the prefix rows too unless `rowsOnly`;
 * `keys` and `values` `[M, kvHeads * headDim]` always do. Gives the attended values of the query rows.
 */
export function attention(
	queries: Value,
	keys: Value,
	values: Value,
	layout: Layout,
	config: DecoderConfig,
	rowsOnly: boolean,
): Value {
	const { prefix, P, K, T } = layout;
	const own = { layout: [P, K, T] as const, config };
	if (!prefix) {
		return attend(
			splitHeads(queries, own),
			joinKeys(keys, own),
			joinKeys(values, own),
			null,
			layout.rowBias,
			own,
		);
	}
	const cut = (x: Value) => split(x, [prefix.rows, layout.rows], 0) as [Value, Value];
	const shared = { layout: [P, 1, prefix.L] as const, config };
	const [prefixKeys, rowKeys] = cut(keys);
	const [prefixValues, rowValues] = cut(values);
	const k = joinKeys(prefixKeys, shared);
	const v = joinKeys(prefixValues, shared);
	const context = { keys: k, values: v, length: prefix.L };
	const continueFrom = (rowQueries: Value) =>
		attend(
			splitHeads(rowQueries, own),
			joinKeys(rowKeys, own),
			joinKeys(rowValues, own),
			context,
			layout.rowBias,
			own,
		);
	if (rowsOnly) return continueFrom(queries);
	const [prefixQueries, rowQueries] = cut(queries);
	const first = attend(splitHeads(prefixQueries, shared), k, v, null, prefix.bias, shared);
	return concat([first, continueFrom(rowQueries)], 0);
}

interface Rows {
	/** Groups, rows a group, tokens a row. */
	readonly layout: readonly [P: Dim, K: Dim, T: Dim];
	readonly config: DecoderConfig;
}

/** `[P*K*T, heads * headDim]` to `[P, kvHeads, K, queriesPerKey, T, headDim]`. */
function splitHeads(x: Value, { layout: [P, K, T], config }: Rows): Value {
	const { kvHeads, heads, headDim } = config;
	return permute(x, [P, K, T, kvHeads, heads / kvHeads, headDim], [0, 3, 1, 4, 2, 5]);
}

/** `[P*K*T, kvHeads * headDim]` to `[P, kvHeads, K, T, headDim]`. */
function joinKeys(x: Value, { layout: [P, K, T], config: { kvHeads, headDim } }: Rows): Value {
	return permute(x, [P, K, T, kvHeads, headDim], [0, 3, 1, 2, 4]);
}

/**
 * Attention of query rows over their own keys and over a prefix's, with one softmax over both. The group's queries
 * meet the shared keys in one product: nothing of the prefix is repeated.
 */
function attend(
	q: Value,
	k: Value,
	v: Value,
	context: { keys: Value; values: Value; length: Dim } | null,
	bias: Value,
	{ layout: [P, K, T], config }: Rows,
): Value {
	const { kvHeads, heads, headDim } = config;
	const G = heads / kvHeads;
	const alpha = 1 / Math.sqrt(headDim);
	const ownBatch = mulDim(P, kvHeads, K);
	const ownRows = mulDim(G, T);
	const sharedBatch = mulDim(P, kvHeads);
	const sharedRows = mulDim(K, G, T);
	const perQuery = [P, mulDim(kvHeads, K, G), T] as const;

	const ownQueries = reshape(q, [ownBatch, ownRows, headDim]);
	const ownKeys = reshape(k, [ownBatch, T, headDim]);
	const ownValues = reshape(v, [ownBatch, T, headDim]);
	const ownScores = reshape(matmul(ownQueries, ownKeys, { transB: true, alpha }), [...perQuery, T]);
	if (!context) {
		const p = reshape(softmax(add(ownScores, bias)), [ownBatch, ownRows, T]);
		return mergeHeads(matmul(p, ownValues), { layout: [P, K, T], config });
	}
	const L = context.length;
	const sharedQueries = reshape(q, [sharedBatch, sharedRows, headDim]);
	const sharedKeys = reshape(context.keys, [sharedBatch, L, headDim]);
	const sharedValues = reshape(context.values, [sharedBatch, L, headDim]);
	const sharedScores = reshape(matmul(sharedQueries, sharedKeys, { transB: true, alpha }), [...perQuery, L]);
	const p = softmax(add(concat([sharedScores, ownScores], 3), bias));
	const [toShared, toOwn] = split(p, [L, T], 3) as [Value, Value];
	const fromShared = matmul(reshape(toShared, [sharedBatch, sharedRows, L]), sharedValues);
	const fromOwn = matmul(reshape(toOwn, [ownBatch, ownRows, T]), ownValues);
	const flat = mulDim(P, K, T, heads);
	const sum = add(reshape(fromShared, [flat, headDim]), reshape(fromOwn, [flat, headDim]));
	return mergeHeads(sum, { layout: [P, K, T], config });
}

/** `[P, kvHeads, K, queriesPerKey, T, headDim]` to `[P*K*T, heads * headDim]`. */
function mergeHeads(x: Value, { layout: [P, K, T], config }: Rows): Value {
	const { kvHeads, heads, headDim } = config;
	const back = permute(x, [P, kvHeads, K, heads / kvHeads, T, headDim], [0, 2, 4, 1, 3, 5]);
	return reshape(back, [mulDim(P, K, T), heads * headDim]);
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
