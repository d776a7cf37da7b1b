import { describe, expect, it } from "vitest";
import { Graph, type Value } from "../graph/graph.ts";
import * as ops from "../graph/ops/index.ts";
import { gradientRules } from "./gradients/index.ts";

/** One call of every exported builder. */
const calls: Record<string, (graph: Graph, x: Value, ids: Value) => unknown> = {
	add: (_, x) => ops.add(x, x),
	sub: (_, x) => ops.sub(x, x),
	mul: (_, x) => ops.mul(x, x),
	div: (_, x) => ops.div(x, x),
	minimum: (_, x) => ops.minimum(x, x),
	pow: (_, x) => ops.pow(x, 2),
	lessOrEqual: (_, x) => ops.lessOrEqual(x, x),
	greaterOrEqual: (_, x) => ops.greaterOrEqual(x, x),
	neg: (_, x) => ops.neg(x),
	exp: (_, x) => ops.exp(x),
	log: (_, x) => ops.log(x),
	sigmoid: (_, x) => ops.sigmoid(x),
	square: (_, x) => ops.square(x),
	tanh: (_, x) => ops.tanh(x),
	silu: (_, x) => ops.silu(x),
	geluTanh: (_, x) => ops.geluTanh(x),
	stopGradient: (_, x) => ops.stopGradient(x),
	cast: (_, x) => ops.cast(x, "i64"),
	gatherRows: (_, x, ids) => ops.gatherRows(x, ids),
	pick: (_, x, ids) => ops.pick(x, ids),
	oneHot: (_, __, ids) => ops.oneHot(ids, 4),
	scatterRows: (_, x, ids) => ops.scatterRows(x, ids, 9),
	firstElement: (_, x) => ops.firstElement(x),
	matmul: (_, x) => [
		ops.matmul(x, x, { transB: true }),
		ops.matmul(ops.reshape(x, [1, "N", 4]), ops.reshape(x, [1, "N", 4]), { transB: true }),
	],
	softmax: (_, x) => ops.softmax(x),
	logSoftmax: (_, x) => ops.logSoftmax(x),
	rmsNorm: (graph, x) => ops.rmsNorm(x, graph.input("weight", "f32", [4]), 1e-6),
	rotary: (graph, x, ids) =>
		ops.rotary(
			ops.reshape(x, ["N", 1, 4]),
			ops.reshape(ids, ["N", 1]),
			graph.input("cosines", "f32", [8, 2]),
			graph.input("sines", "f32", [8, 2]),
			1,
		),
	reduceSum: (_, x) => ops.reduceSum(x, [0]),
	reduceMean: (_, x) => ops.reduceMean(x, [1]),
	sumAll: (_, x) => ops.sumAll(x),
	sizeOf: (graph) => ops.sizeOf(graph, "N"),
	reshape: (_, x) => ops.reshape(x, ["N", 2, 2]),
	transpose: (_, x) => ops.transpose(x, [1, 0]),
	concat: (_, x) => ops.concat([x, x], 0),
	split: (_, x) => ops.split(x, [1, 3], 1),
	splitEvenly: (_, x) => ops.splitEvenly(x, 2, 1),
	shift: (_, x) => ops.shift(x, 1),
	expand: (_, x) => ops.expand(x, [3, "N", 4]),
	range: (graph) => ops.range(graph, "N"),
};

/** Builders that serve generation alone; asked for their gradient, `backward` says that it is not supported. */
const generationOnly = ["argMax", "at", "loop", "sumBefore", "topK"];

const build = (name: string): Graph => {
	const graph = new Graph();
	calls[name]?.(graph, graph.input("x", "f32", ["N", 4]), graph.input("ids", "i64", ["N"]));
	return graph;
};

describe("op builders", () => {
	it("are all tried here", () => {
		const exported = Object.keys(ops).filter((name) => !generationOnly.includes(name));
		expect(Object.keys(calls).sort()).toEqual(exported.sort());
	});

	it.each(Object.keys(calls))("%s makes only ops with a rule or declared without a gradient", (name) => {
		const { nodes } = build(name);
		expect(nodes.length).toBeGreaterThan(0);
		for (const { op } of nodes) expect(gradientRules, op).toHaveProperty([op]);
	});
});
