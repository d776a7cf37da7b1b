import type { Dim } from "../dims.ts";
import { describe, dimOf, type Value } from "../graph.ts";
import { expand, reshape } from "./shape.ts";

/** Rows of a table: `table [V, D]`, `ids [...]` int64 in 0..V-1, gives `[..., D]`. */
export function gatherRows(table: Value, ids: Value): Value {
	if (table.shape.length !== 2 || ids.dtype !== "i64") {
		table.graph.fail(`gatherRows wants a matrix and int64 ids, got ${describe(table)} and ${describe(ids)}`);
	}
	return table.graph.node({
		op: "Gather",
		inputs: [table, ids],
		outputs: [{ dtype: table.dtype, shape: [...ids.shape, dimOf(table, 1)] }],
		attributes: { axis: { type: "int", value: 0 } },
	}).outputs[0] as Value;
}

/** One element of each row: `x [N, V]`, `ids [N]` int64, gives `[N]`. */
export function pick(x: Value, ids: Value): Value {
	const rows = dimOf(x, 0);
	if (x.shape.length !== 2 || ids.shape.length !== 1 || ids.shape[0] !== rows || ids.dtype !== "i64") {
		x.graph.fail(`pick wants [N, V] and int64 [N], got ${describe(x)} and ${describe(ids)}`);
	}
	const picked = x.graph.node({
		op: "GatherElements",
		inputs: [x, reshape(ids, [rows, 1])],
		outputs: [{ dtype: x.dtype, shape: [rows, 1] }],
		attributes: { axis: { type: "int", value: 1 } },
	}).outputs[0] as Value;
	return reshape(picked, [rows]);
}

/** `ids [N]` int64 to `[N, depth]` float rows with a single 1. */
export function oneHot(ids: Value, depth: number): Value {
	const graph = ids.graph;
	const values = graph.once("const/one-hot", (name) =>
		graph.initializer(name, "f32", [2], () => Float32Array.of(0, 1)),
	);
	return graph.node({
		op: "OneHot",
		inputs: [ids, graph.ints(depth), values],
		outputs: [{ dtype: "f32", shape: [...ids.shape, depth] }],
		attributes: { axis: { type: "int", value: -1 } },
	}).outputs[0] as Value;
}

/**
 * Adds rows into a zero table: `out[ids[n]] += rows[n]`, `rows [N, D]`, `ids [N]`, gives `[count, D]`.
 * ScatterElements and not ScatterND: the latter races on duplicate ids in ONNX Runtime's multi-threaded CPU kernel.
 */
export function scatterRows(rows: Value, ids: Value, count: Dim): Value {
	const graph = rows.graph;
	const [n, width] = [dimOf(rows, 0), dimOf(rows, 1)];
	const zeros = expand(reshape(graph.scalar(0), [1, 1]), [count, width]);
	const indices = expand(reshape(ids, [n, 1]), [n, width]);
	return graph.node({
		op: "ScatterElements",
		inputs: [zeros, indices, rows],
		outputs: [{ dtype: "f32", shape: [count, width] }],
		attributes: { axis: { type: "int", value: 0 }, reduction: { type: "string", value: "add" } },
	}).outputs[0] as Value;
}

/** One element of a tensor as a scalar, the first; used to tie the order of execution to a value. */
export function firstElement(x: Value): Value {
	const rank = x.shape.length;
	if (rank === 0) return x;
	const graph = x.graph;
	const zeros = graph.ints(Array<number>(rank).fill(0));
	return graph.node({ op: "GatherND", inputs: [x, zeros], outputs: [{ dtype: x.dtype, shape: [] }] })
		.outputs[0] as Value;
}
