import {
	addDim,
	broadcastShapes,
	type Dim,
	divDim,
	numel,
	type Shape,
	sameShape,
	showShape,
	termsOf,
} from "../dims.ts";
import { describe, dimOf, type Graph, type Value } from "../graph.ts";

/**
 * The run-time size of a dimension as an int64 vector `[1]`, read from the shape of an input that carries it.
 * Throws where no input has an axis of that symbol.
 */
export function sizeOf(graph: Graph, dim: Dim): Value {
	if (typeof dim === "number") return graph.ints([dim]);
	return graph.once(`size/${dim}`, () => {
		const sums = termsOf(dim).map(({ coefficient, symbols }) => {
			const factors = symbols.map((symbol) => sizeOfSymbol(graph, symbol));
			if (coefficient !== 1 || factors.length === 0) factors.push(graph.ints([coefficient]));
			return factors.reduce((a, b) => int64(graph, "Mul", a, b));
		});
		return sums.reduce((a, b) => int64(graph, "Add", a, b));
	});
}

function sizeOfSymbol(graph: Graph, symbol: string): Value {
	return graph.once(`size/symbol/${symbol}`, () => {
		for (const input of graph.visibleInputs) {
			for (const [axis, dim] of input.shape.entries()) {
				const [term, ...others] = termsOf(dim);
				if (others.length > 0 || term?.symbols.length !== 1 || term.symbols[0] !== symbol) continue;
				const size = graph.node({
					op: "Shape",
					inputs: [input],
					outputs: [{ dtype: "i64", shape: [1] }],
					attributes: { start: { type: "int", value: axis }, end: { type: "int", value: axis + 1 } },
				}).outputs[0] as Value;
				return term.coefficient === 1 ? size : int64(graph, "Div", size, graph.ints([term.coefficient]));
			}
		}
		return graph.fail(`no input has an axis of size ${symbol}`);
	});
}

function int64(graph: Graph, op: string, a: Value, b: Value): Value {
	return graph.node({ op, inputs: [a, b], outputs: [{ dtype: "i64", shape: [1] }] }).outputs[0] as Value;
}

/** A shape as an int64 tensor, computed at run time where it is symbolic. */
function shapeTensor(graph: Graph, shape: Shape): Value {
	if (shape.every((dim) => typeof dim === "number")) return graph.ints(shape as number[]);
	return graph.once(`shape/${showShape(shape)}`, () => {
		const parts = shape.map((dim) => sizeOf(graph, dim));
		return graph.node({
			op: "Concat",
			inputs: parts,
			outputs: [{ dtype: "i64", shape: [shape.length] }],
			attributes: { axis: { type: "int", value: 0 } },
		}).outputs[0] as Value;
	});
}

/** The same elements in another shape; the element counts must be equal as polynomials. */
export function reshape(x: Value, shape: Shape): Value {
	if (sameShape(x.shape, shape)) return x;
	if (numel(x.shape) !== numel(shape))
		x.graph.fail(`reshape: ${describe(x)} has not the elements of ${showShape(shape)}`);
	const symbolic = shape.filter((dim) => typeof dim === "string").length;
	// One unknown axis can be left to the kernel; more need the sizes at run time.
	const target =
		symbolic === 1
			? x.graph.ints(shape.map((dim) => (typeof dim === "string" ? -1 : dim)))
			: shapeTensor(x.graph, shape);
	return x.graph.node({
		op: "Reshape",
		inputs: [x, target],
		outputs: [{ dtype: x.dtype, shape }],
		// A size of 0 is an empty axis, not ONNX's "copy the axis of the input".
		attributes: symbolic === 1 ? {} : { allowzero: { type: "int", value: 1 } },
	}).outputs[0] as Value;
}

/** Permutes the axes: `out.shape[i] = x.shape[permutation[i]]`. */
export function transpose(x: Value, permutation: readonly number[]): Value {
	if (!x.shape.every((_, axis) => permutation.includes(axis)) || permutation.length !== x.shape.length) {
		x.graph.fail(`transpose: [${permutation.join(", ")}] does not permute the axes of ${describe(x)}`);
	}
	if (permutation.every((axis, i) => axis === i)) return x;
	const shape = permutation.map((axis) => dimOf(x, axis));
	return x.graph.node({
		op: "Transpose",
		inputs: [x],
		outputs: [{ dtype: x.dtype, shape }],
		attributes: { perm: { type: "ints", value: permutation } },
	}).outputs[0] as Value;
}

/** Joins tensors along `axis`; the other axes must be equal. */
export function concat(parts: readonly Value[], axis: number): Value {
	const first = parts[0];
	if (!first) throw new Error("concat needs at least one part");
	if (parts.length === 1) return first;
	const at = axis < 0 ? first.shape.length + axis : axis;
	for (const part of parts) {
		const fits = part.dtype === first.dtype && part.shape.length === first.shape.length;
		if (!fits || part.shape.some((dim, i) => i !== at && dim !== first.shape[i])) {
			first.graph.fail(`concat on axis ${at}: ${parts.map(describe).join(" and ")} do not fit`);
		}
	}
	const total = addDim(...parts.map((part) => dimOf(part, at)));
	return first.graph.node({
		op: "Concat",
		inputs: parts,
		outputs: [{ dtype: first.dtype, shape: first.shape.map((dim, i) => (i === at ? total : dim)) }],
		attributes: { axis: { type: "int", value: at } },
	}).outputs[0] as Value;
}

/** Cuts `axis` into consecutive pieces of the given sizes, which must add up to its size. */
export function split(x: Value, sizes: readonly Dim[], axis: number): Value[] {
	const at = axis < 0 ? x.shape.length + axis : axis;
	if (addDim(...sizes) !== dimOf(x, at))
		x.graph.fail(`split: ${describe(x)} axis ${at} is not ${sizes.join(" + ")}`);
	if (sizes.length === 1) return [x];
	const outputs = sizes.map((size) => ({
		dtype: x.dtype,
		shape: x.shape.map((dim, i) => (i === at ? size : dim)),
	}));
	return [
		...x.graph.node({
			op: "Split",
			inputs: [x, shapeTensor(x.graph, sizes)],
			outputs,
			attributes: { axis: { type: "int", value: at } },
		}).outputs,
	];
}

/** Cuts `axis` into `count` equal pieces. */
export function splitEvenly(x: Value, count: number, axis: number): Value[] {
	const piece = divDim(dimOf(x, axis), count);
	if (piece === null) x.graph.fail(`${describe(x)} axis ${axis} cannot be cut into ${count} equal pieces`);
	return split(x, Array<Dim>(count).fill(piece), axis);
}

/** Moves a sequence along its last axis, `out[..., t] = x[..., t + by]`, with 0 beyond the ends. */
export function shift(x: Value, by: number): Value {
	const rank = x.shape.length;
	// A negative pad crops.
	const pads = Array<number>(2 * rank).fill(0);
	pads[rank - 1] = -by;
	pads[2 * rank - 1] = by;
	return x.graph.node({
		op: "Pad",
		inputs: [x, x.graph.ints(pads)],
		outputs: [{ dtype: x.dtype, shape: x.shape }],
	}).outputs[0] as Value;
}

/** Repeats axes of size 1 up to `shape`, which may have further leading axes. */
export function expand(x: Value, shape: Shape): Value {
	if (sameShape(x.shape, shape)) return x;
	const fits = broadcastShapes(x.shape, shape);
	if (!fits || !sameShape(fits, shape)) {
		x.graph.fail(`expand: ${describe(x)} does not broadcast to ${showShape(shape)}`);
	}
	return x.graph.node({
		op: "Expand",
		inputs: [x, shapeTensor(x.graph, shape)],
		outputs: [{ dtype: x.dtype, shape }],
	}).outputs[0] as Value;
}

/** `0, 1, ..., size - 1` as int64 `[size]`. */
export function range(graph: Graph, size: Dim): Value {
	return graph.once(`range/${size}`, () => {
		const limit = reshape(sizeOf(graph, size), []);
		return graph.node({
			op: "Range",
			inputs: [graph.ints(0), limit, graph.ints(1)],
			outputs: [{ dtype: "i64", shape: [size] }],
		}).outputs[0] as Value;
	});
}
