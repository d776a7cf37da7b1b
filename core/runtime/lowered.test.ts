import { expect, it } from "vitest";
import { backward } from "../autodiff/backward.ts";
import { Graph, type Value } from "../graph/graph.ts";
import { lowerToStandard } from "../graph/lower.ts";
import * as ops from "../graph/ops/index.ts";
import { serialise } from "../graph/serialise.ts";
import { InferenceSession, Tensor } from "./ort.ts";

/** Forward and backward through every op that is lowered, with both transposes and a factor. */
function graphOf(): Graph {
	const graph = new Graph();
	const x = graph.input("x", "f32", ["N", 6]);
	const w = graph.input("w", "f32", [6]);
	const normed = ops.rmsNorm(x, w, 1e-5);
	const stack = ops.reshape(normed, ["N", 2, 3]);
	const square = ops.matmul(stack, stack, { transA: true, alpha: 0.7 });
	const other = ops.matmul(stack, square, { transB: true });
	const logs = ops.logSoftmax(ops.reshape(other, ["N", 6]));
	const loss = ops.sumAll(ops.mul(logs, normed));
	graph.output("logs", logs);
	graph.output("loss", loss);
	const gradients = backward([{ value: loss, gradient: graph.scalar(1) }], [x, w]);
	for (const [tensor, gradient] of gradients) graph.output(`grad ${tensor.name}`, gradient as Value);
	return graph;
}

async function run(graph: Graph, lowered: boolean) {
	const { model } = serialise(graph, { lowering: lowered ? lowerToStandard : null });
	const session = await InferenceSession.create(model, {
		graphOptimizationLevel: "disabled",
		intraOpNumThreads: 1,
	});
	const x = Float32Array.from({ length: 30 }, (_, i) => Math.sin(3 * i) * (1 + (i % 4)));
	const w = Float32Array.of(1, 0.5, -2, 3, 0.25, 1.5);
	const results = await session.run({
		x: new Tensor("float32", x, [5, 6]),
		w: new Tensor("float32", w, [6]),
	});
	await session.release();
	return Object.entries(results).map(([name, { data }]) => [name, Array.from(data as Float32Array)] as const);
}

it("a graph written in standard ops alone computes the same, forward and backward", async () => {
	const graph = graphOf();
	const plain = await run(graph, false);
	const lowered = new Map(await run(graph, true));
	expect(plain.map(([name]) => name).sort()).toEqual([...lowered.keys()].sort());
	for (const [name, values] of plain) {
		const scale = Math.max(...values.map(Math.abs));
		values.forEach((value, i) => {
			expect(Math.abs(value - (lowered.get(name)?.[i] as number)) / scale, `${name}[${i}]`).toBeLessThan(
				1e-5,
			);
		});
	}
});
