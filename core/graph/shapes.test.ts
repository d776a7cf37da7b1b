import { describe, expect, it } from "vitest";
import { AppError } from "../contract/errors.ts";
import { Graph, type Value } from "./graph.ts";
import * as ops from "./ops/index.ts";

interface Inputs {
	graph: Graph;
	x: Value;
	square: Value;
	ids: Value;
}

function inputs(): Inputs {
	const graph = new Graph();
	return {
		graph,
		x: graph.input("x", "f32", ["N", 6]),
		square: graph.input("square", "f32", [3, 3]),
		ids: graph.input("ids", "i64", ["M"]),
	};
}

const mistakes: Record<string, (at: Inputs) => unknown> = {
	"Add: x f32[N, 6] and square f32[3, 3] do not broadcast": ({ x, square }) => ops.add(x, square),
	"Mul: x f32[N, 6] and ids i64[M] differ in type": ({ x, ids }) => ops.mul(x, ids),
	"Exp wants a float tensor, got ids i64[M]": ({ ids }) => ops.exp(ids),
	"silu wants a float tensor, got ids i64[M]": ({ ids }) => ops.silu(ids),
	"matmul: x f32[N, 6] and square f32[3, 3]^T do not fit": ({ x, square }) =>
		ops.matmul(x, square, { transB: true }),
	"matmul wants float matrices, got ids i64[M]": ({ x, ids }) => ops.matmul(x, ids),
	"gatherRows wants a matrix and int64 ids": ({ x }) => ops.gatherRows(x, x),
	"pick wants [N, V] and int64 [N], got x f32[N, 6] and ids i64[M]": ({ x, ids }) => ops.pick(x, ids),
	"rmsNorm wants [N, D] and [D]": ({ x, square }) => ops.rmsNorm(x, square, 1e-6),
	"rotary wants [N, 1, heads * headDim]": ({ x, ids, square }) => ops.rotary(x, ids, square, square, 1),
	"reshape: x f32[N, 6] has not the elements of [N, 2, 2]": ({ x }) => ops.reshape(x, ["N", 2, 2]),
	"transpose: [0, 0] does not permute the axes of x": ({ x }) => ops.transpose(x, [0, 0]),
	"transpose: [0] does not permute the axes of x": ({ x }) => ops.transpose(x, [0]),
	"concat on axis 1: x f32[N, 6] and square f32[3, 3] do not fit": ({ x, square }) =>
		ops.concat([x, square], 1),
	"split: x f32[N, 6] axis 1 is not 2 + 3": ({ x }) => ops.split(x, [2, 3], 1),
	"x f32[N, 6] axis 1 cannot be cut into 4 equal pieces": ({ x }) => ops.splitEvenly(x, 4, 1),
	"expand: x f32[N, 6] does not broadcast to [N, 12]": ({ x }) => ops.expand(x, ["N", 12]),
	"expand: square f32[3, 3] does not broadcast to [1, 3]": ({ square }) => ops.expand(square, [1, 3]),
	"ReduceSum: x f32[N, 6] has not the axes 2": ({ x }) => ops.reduceSum(x, [2]),
	"ReduceMean wants a float tensor": ({ ids }) => ops.reduceMean(ids, [0]),
	"no input has an axis of size Z": ({ graph }) => ops.range(graph, "Z"),
	"input square is defined twice": ({ graph }) => graph.input("square", "f32", []),
	"initializer x is defined twice": ({ graph }) =>
		graph.initializer("x", "f32", [], () => new Float32Array(1)),
	"output x has the name of another": ({ graph, x }) => graph.output("x", x),
	"Neg: input y belongs to another graph": ({ graph }) =>
		graph.node({ op: "Neg", inputs: [new Graph().input("y", "f32", [])], outputs: [] }),
};

describe("a mistake in a shape", () => {
	it.each(Object.entries(mistakes))("%s", (message, make) => {
		const at = inputs();
		let thrown: unknown;
		try {
			at.graph.scope("policy", () => at.graph.scope("layers.3", () => make(at)));
		} catch (error) {
			thrown = error;
		}
		expect(thrown).toBeInstanceOf(AppError);
		expect((thrown as AppError).code).toBe("graph-invalid");
		expect((thrown as AppError).message).toContain(`policy/layers.3: ${message}`);
		// The path does not stick to what is built afterwards.
		expect(at.graph.modulePath).toBe("");
	});
});

describe("names", () => {
	it("carry the module path and are unique", () => {
		const { graph, x } = inputs();
		const made = graph.scope("policy", () => [ops.exp(x), ops.exp(x), graph.scope("head", () => ops.exp(x))]);
		expect(made.map((value) => value.name)).toEqual(["policy/Exp", "policy/Exp_1", "policy/head/Exp"]);
		const names = ops.split(x, [1, 2, 3], 1).map((value) => value.name);
		expect(new Set(names).size).toBe(3);
	});

	it("share equal constants and nothing else", () => {
		const graph = new Graph();
		expect(graph.scalar(2)).toBe(graph.scalar(2));
		expect(graph.ints([1, -1])).toBe(graph.ints([1, -1]));
		expect(graph.ints([1])).not.toBe(graph.ints(1));
		expect(graph.scalar(0)).not.toBe(graph.scalar(-0));
		expect(graph.constantInts(graph.ints([7, -9]))).toEqual([7, -9]);
	});
});

describe("ops that have nothing to do", () => {
	it("return their input", () => {
		const { graph, x } = inputs();
		expect(ops.reshape(x, ["N", 6])).toBe(x);
		expect(ops.transpose(x, [0, 1])).toBe(x);
		expect(ops.expand(x, ["N", 6])).toBe(x);
		expect(ops.concat([x], 0)).toBe(x);
		expect(ops.split(x, [6], 1)).toEqual([x]);
		expect(ops.cast(x, "f32")).toBe(x);
		expect(graph.nodes).toHaveLength(0);
	});
});
