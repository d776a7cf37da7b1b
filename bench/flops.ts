import { type Dim, termsOf } from "../core/graph/dims.ts";
import type { Graph } from "../core/graph/graph.ts";

/** Twice the multiply-adds of all matrix products of a graph, its symbols having these sizes. */
export function matrixFlops(graph: Graph, sizes: Readonly<Record<string, number>>): number {
	const evaluate = (dim: Dim): number =>
		termsOf(dim).reduce(
			(sum, { coefficient, symbols }) =>
				sum + symbols.reduce((product, symbol) => product * (sizes[symbol] as number), coefficient),
			0,
		);
	let flops = 0;
	for (const { op, inputs, outputs, attributes } of graph.nodes) {
		if (op !== "Gemm" && op !== "FusedMatMul") continue;
		const transposed = attributes.transA?.type === "int" && attributes.transA.value === 1;
		const inner = inputs[0]?.shape.at(transposed ? -2 : -1) as Dim;
		const elements = outputs[0]?.shape.map(evaluate).reduce((a, b) => a * b, 1) as number;
		flops += 2 * elements * evaluate(inner);
	}
	return flops;
}
