import { expect, it } from "vitest";
import { graphCost } from "./cost.ts";
import { Graph } from "./graph.ts";
import { add, matmul, mul, reshape } from "./ops/index.ts";

it("counts the multiply-adds of matrix products, transposed or stacked", () => {
	const graph = new Graph();
	const x = graph.input("x", "f32", ["N", 6]);
	const y = matmul(x, x, { transA: true });
	matmul(y, y);
	const z = graph.input("z", "f32", [5, "N", 2]);
	matmul(z, z, { transB: true });
	expect(graphCost(graph, { N: 7 }).matrixFlops).toBe(2 * (6 * 7 * 6 + 6 * 6 * 6 + 5 * 7 * 2 * 7));
});

it("holds a tensor until its last reader, an output to the end, and another shape of one not at all", () => {
	const graph = new Graph();
	const x = graph.input("x", "f32", ["N", 10]);
	const w = graph.initializer("w", "f32", [10], () => new Float32Array(10));
	const a = mul(x, w);
	const b = add(reshape(a, [10, "N"]), 1);
	const c = add(b, 2);
	graph.output("c", c);
	const { peakBytes, weightBytes, inputBytes, outputBytes, movedBytes } = graphCost(graph, { N: 3 });
	// At b there are a and b, at c there are b and c, 30 numbers each.
	expect(peakBytes).toBe(2 * 30 * 4);
	// The weight, the two numbers that are added, and the shape that is asked for.
	expect(weightBytes).toBe(10 * 4 + 2 * 4 + 2 * 8);
	expect([inputBytes, outputBytes]).toEqual([30 * 4, 30 * 4]);
	expect(movedBytes).toBe(4 * (30 + 10 + 30 + 30 + 1 + 30 + 30 + 1 + 30));
});
