import type { Dim } from "../dims.ts";
import { describe, dimOf, type Value } from "../graph.ts";
import { sizeOf } from "./shape.ts";

/** The `k` largest of each row, largest first, the lower index first at a tie: `x [N, V]` gives `[N, k]` twice. */
export function topK(x: Value, k: Dim): { values: Value; indices: Value } {
	if (x.shape.length !== 2 || x.dtype !== "f32") x.graph.fail(`topK wants [N, V], got ${describe(x)}`);
	const shape = [dimOf(x, 0), k];
	const [values, indices] = x.graph.node({
		op: "TopK",
		inputs: [x, sizeOf(x.graph, k)],
		outputs: [
			{ dtype: x.dtype, shape },
			{ dtype: "i64", shape },
		],
		attributes: { axis: { type: "int", value: -1 } },
	}).outputs as [Value, Value];
	return { values, indices };
}

/** Index of the largest element of each row, the lowest at a tie: `[N, V]` gives int64 `[N]`. */
export function argMax(x: Value): Value {
	return x.graph.node({
		op: "ArgMax",
		inputs: [x],
		outputs: [{ dtype: "i64", shape: x.shape.slice(0, -1) }],
		attributes: { axis: { type: "int", value: -1 }, keepdims: { type: "int", value: 0 } },
	}).outputs[0] as Value;
}

/** Sum of the elements before each element, over the last axis. */
export function sumBefore(x: Value): Value {
	return x.graph.node({
		op: "CumSum",
		inputs: [x, x.graph.ints(x.shape.length - 1)],
		outputs: [{ dtype: x.dtype, shape: x.shape }],
		attributes: { exclusive: { type: "int", value: 1 } },
	}).outputs[0] as Value;
}

/** Slices of the first axis: `x [C, ...]`, `index` int64 of any shape, a scalar for one slice, gives `[index..., ...]`. */
export function at(x: Value, index: Value): Value {
	return x.graph.node({
		op: "Gather",
		inputs: [x, index],
		outputs: [{ dtype: x.dtype, shape: [...index.shape, ...x.shape.slice(1)] }],
		attributes: { axis: { type: "int", value: 0 } },
	}).outputs[0] as Value;
}
