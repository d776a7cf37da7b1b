import { type Dim, mulDim } from "../graph/dims.ts";
import type { Graph, Value } from "../graph/graph.ts";
import {
	add,
	cast,
	concat,
	expand,
	greaterOrEqual,
	lessOrEqual,
	mul,
	range,
	reshape,
	sub,
} from "../graph/ops/index.ts";

/**
 * How a micro-batch lies in memory: P groups of K rows of T tokens, each row an own causal sequence, and, where
 * there is a prefix, one prompt of up to L tokens a group that all its rows continue.
 *
 * A response row holds the last prompt token and then the response without its last token, so that each of its T
 * positions predicts one response token and the prefix (the prompt without its last token) needs no output at all.
 * K = 1 is the unshared case, and no prefix is the plain case of whole sequences.
 */
export interface Layout {
	readonly graph: Graph;
	readonly P: Dim;
	readonly K: Dim;
	readonly T: Dim;
	/** Rows of the packed matrix that carry outputs: P*K*T. */
	readonly rows: Dim;
	/** Token ids of every row of the packed matrix, prefixes first: `[M]`. */
	readonly tokens: Value;
	/** Positions of every packed row, `[M, 1]`, and of the output rows alone, `[N, 1]`. */
	readonly positions: Value;
	readonly rowPositions: Value;
	/**
	 * Added to the attention scores of a layer that sees `window` positions: 0 where a row token may look, a large negative
	 * number elsewhere, `[P or 1, 1, T, L + T]`.
	 */
	rowBias(window: number | null): Value;
	readonly prefix: Prefix | null;
}

export interface Prefix {
	readonly L: Dim;
	/** Rows of the packed matrix before the output rows: P*L. */
	readonly rows: Dim;
	/** Causal bias of the prefix in itself, `[1, 1, L, L]`. */
	bias(window: number | null): Value;
}

/** Large enough to vanish after softmax in float32, small enough that adding two does not overflow. */
export const MASKED = -1e30;

/** Layout of whole sequences without a prefix; makes the input `input_ids [B, T]`. */
export function plainLayout(graph: Graph, length: Dim = "T"): Layout {
	const ids = graph.input("input_ids", "i64", ["B", length]);
	const rows = mulDim("B", length);
	const positions = reshape(expand(reshape(range(graph, length), [1, length]), ["B", length]), [rows, 1]);
	return {
		graph,
		P: "B",
		K: 1,
		T: length,
		rows,
		tokens: reshape(ids, [rows]),
		positions,
		rowPositions: positions,
		rowBias: (window) => causalBias(graph, length, window),
		prefix: null,
	};
}

/**
 * Layout of grouped responses; makes the inputs `prompt_ids [P, L]`, `prefix_lengths [P]` (prompt length - 1) and
 * `response_ids [P, K, T]`. Padding may hold any token id.
 */
export function groupedLayout(graph: Graph, length: Dim = "T", responses: Dim = "K"): Layout {
	const [P, K, L, T] = ["P", responses, "L", length] as const;
	const promptIds = graph.input("prompt_ids", "i64", [P, L]);
	const prefixLengths = graph.input("prefix_lengths", "i64", [P]);
	const responseIds = graph.input("response_ids", "i64", [P, K, T]);
	const prefixRows = mulDim(P, L);
	const rows = mulDim(P, K, T);

	const prefixPositions = reshape(expand(reshape(range(graph, L), [1, L]), [P, L]), [prefixRows, 1]);
	const start = reshape(prefixLengths, [P, 1, 1]);
	const rowPositions = reshape(expand(add(start, reshape(range(graph, T), [1, 1, T])), [P, K, T]), [rows, 1]);

	const prefixBias = (window: number | null) => {
		const keys = reshape(range(graph, L), [1, 1, L]);
		const padding = cast(greaterOrEqual(keys, start), "f32");
		const masked = (bias: Value, width: Dim) => expand(reshape(bias, [P, 1, width, L]), [P, 1, T, L]);
		if (window === null) return masked(mul(padding, MASKED), 1);
		const queries = add(start, reshape(range(graph, T), [1, T, 1]));
		return masked(mul(add(padding, passed(queries, keys, window)), MASKED), T);
	};
	const rowBias = (window: number | null) =>
		graph.once(`rows/${window}`, () =>
			concat([prefixBias(window), expand(causalBias(graph, T, window), [P, 1, T, T])], 3),
		);
	return {
		graph,
		P,
		K,
		T,
		rows,
		tokens: concat([reshape(promptIds, [prefixRows]), reshape(responseIds, [rows])], 0),
		positions: concat([prefixPositions, rowPositions], 0),
		rowPositions,
		rowBias,
		prefix: { L, rows: prefixRows, bias: (window) => causalBias(graph, L, window) },
	};
}

/** `[1, 1, T, T]`: 0 on the diagonal and as far below it as the window reaches, masked elsewhere. */
function causalBias(graph: Graph, T: Dim, window: number | null): Value {
	return graph.once(`causal/${T}/${window}`, () => {
		const steps = range(graph, T);
		const [queries, keys] = [reshape(steps, [T, 1]), reshape(steps, [1, T])];
		const later = sub(1, cast(greaterOrEqual(queries, keys), "f32"));
		const masked = window === null ? later : add(later, passed(queries, keys, window));
		return reshape(mul(masked, MASKED), [1, 1, T, T]);
	});
}

/** 1 where a key's position lies so far back that the window of the query's has passed it, else 0. */
export function passed(queries: Value, keys: Value, window: number): Value {
	const { graph } = queries;
	return cast(lessOrEqual(keys, sub(queries, graph.ints(window))), "f32");
}
