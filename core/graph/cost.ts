import { type Dim, termsOf } from "./dims.ts";
import { DTYPES } from "./dtypes.ts";
import type { Graph, Value } from "./graph.ts";

/** What one run of a graph takes, its symbols having given sizes. */
export interface GraphCost {
	/** Twice the multiply-adds of all matrix products. */
	readonly matrixFlops: number;
	/** Most bytes of computed tensors alive at once; inputs and weights are not among them, outputs are. */
	readonly peakBytes: number;
	/** Bytes that nodes read and write, what they share counted each time. */
	readonly movedBytes: number;
	/** Bytes of initializers, of inputs and of outputs. */
	readonly weightBytes: number;
	readonly inputBytes: number;
	readonly outputBytes: number;
	readonly nodes: number;
}

/** Ops whose output is their first input's memory under another shape. */
const VIEWS = new Set(["Reshape", "Identity"]);

/**
 * Adds up a graph's work and walks its nodes in order, each tensor freed after its last reader, as a sequential executor
 * does. The bodies of loops are not looked into.
 */
export function graphCost(graph: Graph, sizes: Readonly<Record<string, number>>): GraphCost {
	const known = new Map<Dim, number>();
	const sizeOf = (dim: Dim): number => {
		const before = known.get(dim);
		if (before !== undefined) return before;
		const size = termsOf(dim).reduce(
			(sum, { coefficient, symbols }) =>
				sum + symbols.reduce((product, symbol) => product * (sizes[symbol] as number), coefficient),
			0,
		);
		known.set(dim, size);
		return size;
	};
	const elements = (value: Value) => value.shape.reduce<number>((product, dim) => product * sizeOf(dim), 1);
	const bytes = (value: Value) => elements(value) * DTYPES[value.dtype].bytes;

	/** The tensor whose memory a value is. */
	const owners = new Map<Value, Value>();
	const ownerOf = (value: Value) => owners.get(value) ?? value;
	const lastUse = new Map<Value, number>();
	graph.nodes.forEach(({ op, inputs, outputs }, i) => {
		const [first] = inputs;
		if (VIEWS.has(op) && first) owners.set(outputs[0] as Value, ownerOf(first));
		for (const input of inputs) if (input) lastUse.set(ownerOf(input), i);
	});
	for (const output of graph.outputs.values()) lastUse.set(ownerOf(output), graph.nodes.length);
	const freed = new Map<number, Value[]>();
	for (const [value, i] of lastUse) {
		if (value.node === null) continue;
		const list = freed.get(i);
		if (list) list.push(value);
		else freed.set(i, [value]);
	}

	let [flops, moved, live, peak] = [0, 0, 0, 0];
	graph.nodes.forEach(({ op, inputs, outputs, attributes }, i) => {
		const own = outputs.filter((output) => ownerOf(output) === output);
		for (const output of own) live += bytes(output);
		peak = Math.max(peak, live);
		for (const output of own) if (!lastUse.has(output)) live -= bytes(output);
		for (const value of freed.get(i) ?? []) live -= bytes(value);
		if (VIEWS.has(op)) return;
		for (const value of [...inputs, ...outputs]) if (value) moved += bytes(value);
		if (op !== "Gemm" && op !== "FusedMatMul") return;
		const transposed = attributes.transA?.type === "int" && attributes.transA.value === 1;
		const inner = inputs[0]?.shape.at(transposed ? -2 : -1) as Dim;
		flops += 2 * elements(outputs[0] as Value) * sizeOf(inner);
	});
	const total = (values: Iterable<Value>) => [...values].reduce((sum, value) => sum + bytes(value), 0);
	return {
		matrixFlops: flops,
		peakBytes: peak,
		movedBytes: moved,
		weightBytes: total([...graph.initializers.values()].map(({ value }) => value)),
		inputBytes: total(graph.inputs.values()),
		outputBytes: total(graph.outputs.values()),
		nodes: graph.nodes.length,
	};
}
