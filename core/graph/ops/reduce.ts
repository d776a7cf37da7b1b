import { describe, type Value } from "../graph.ts";

function reduce(op: string, x: Value, axes: readonly number[], keepDims: boolean): Value {
	if (x.dtype !== "f32") x.graph.fail(`${op} wants a float tensor, got ${describe(x)}`);
	const at = axes.map((axis) => (axis < 0 ? x.shape.length + axis : axis));
	if (at.some((axis) => x.shape[axis] === undefined))
		x.graph.fail(`${op}: ${describe(x)} has not the axes ${axes.join(", ")}`);
	const shape = keepDims
		? x.shape.map((dim, i) => (at.includes(i) ? 1 : dim))
		: x.shape.filter((_, i) => !at.includes(i));
	return x.graph.node({
		op,
		inputs: [x, x.graph.ints(at)],
		outputs: [{ dtype: "f32", shape }],
		attributes: { keepdims: { type: "int", value: keepDims ? 1 : 0 } },
	}).outputs[0] as Value;
}

/** Sum over the axes. */
export function reduceSum(x: Value, axes: readonly number[], keepDims = false): Value {
	return reduce("ReduceSum", x, axes, keepDims);
}

/** Mean over the axes. */
export function reduceMean(x: Value, axes: readonly number[], keepDims = false): Value {
	return reduce("ReduceMean", x, axes, keepDims);
}

/** Sum of all elements, a scalar. */
export function sumAll(x: Value): Value {
	return x.shape.length === 0
		? x
		: reduceSum(
				x,
				x.shape.map((_, i) => i),
			);
}
