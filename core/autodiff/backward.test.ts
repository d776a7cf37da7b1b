import { describe, expect, it } from "vitest";
import { AppError } from "../contract/errors.ts";
import { Graph, type Value } from "../graph/graph.ts";
import {
	add,
	exp,
	log,
	matmul,
	minimum,
	mul,
	reduceSum,
	rmsNorm,
	silu,
	square,
	stopGradient,
	sumAll,
} from "../graph/ops/index.ts";
import { GraphSession } from "../runtime/session.ts";
import type { HostTensor } from "../runtime/tensors.ts";
import { backward } from "./backward.ts";
import { floats } from "./testing/case.ts";
import { checkGradient } from "./testing/gradient-check.ts";
import { seeded, uniform } from "./testing/random.ts";

const one = (value: Value) => [{ value, gradient: value.graph.scalar(1) }];
const tensor = (shape: number[], data: number[]): HostTensor => ({ shape, data: Float32Array.from(data) });
const list = (t: HostTensor | undefined) => Array.from(t?.data ?? [], Number);

/** Runs the graph with its gradients as outputs `d0`, `d1`, ... */
async function gradientsOf(
	graph: Graph,
	gradients: readonly (Value | null | undefined)[],
	feeds: Record<string, HostTensor>,
): Promise<number[][]> {
	gradients.forEach((gradient, i) => {
		if (gradient) graph.output(`d${i}`, gradient);
	});
	const session = await GraphSession.create(graph, { threads: 1 });
	const results = await session.run(feeds);
	await session.release();
	return gradients.map((_, i) => list(results[`d${i}`]));
}

describe("backward", () => {
	it("makes no gradient nodes where no wanted value is reached", () => {
		const graph = new Graph();
		const frozen = graph.input("frozen", "f32", [2, 2]);
		const weight = graph.input("weight", "f32", [2, 2]);
		const below = graph.scope("below", () => exp(matmul(frozen, frozen)));
		const loss = sumAll(graph.scope("top", () => matmul(below, weight)));
		const before = graph.nodes.length;
		const gradients = backward(one(loss), [weight]);
		const made = graph.nodes.slice(before);
		expect(gradients.get(weight)?.shape).toEqual([2, 2]);
		// Reshape and Expand spread the loss's 1, one Gemm makes the weight's gradient: nothing for `below`.
		expect(made.map((node) => node.op)).toEqual(["Reshape", "Expand", "Gemm"]);
		expect(made.some((node) => node.name.includes("below"))).toBe(false);
	});

	it("gives null for a value that the loss does not depend on", () => {
		const graph = new Graph();
		const [x, y] = [graph.input("x", "f32", [2]), graph.input("y", "f32", [2])];
		const gradients = backward(one(sumAll(square(x))), [x, y]);
		expect(gradients.get(x)).not.toBeNull();
		expect(gradients.get(y)).toBeNull();
	});

	it("stops at stopGradient", async () => {
		const graph = new Graph();
		const x = graph.input("x", "f32", [2]);
		const loss = sumAll(mul(stopGradient(square(x)), x));
		const [d] = await gradientsOf(graph, [backward(one(loss), [x]).get(x)], { x: tensor([2], [2, 3]) });
		expect(d).toEqual([4, 9]);
	});

	it("adds up the gradients of a value that is used twice", async () => {
		const report = await checkGradient({ x: floats([2, 3]), w: floats([3, 3]) }, ({ x, w }) => {
			const h = matmul(x, w);
			return add(mul(h, exp(h)), matmul(silu(h), w));
		});
		expect(report.worst, report.where).toBeLessThan(3e-4);
	});

	it("adds up several seeds, also one on a wanted value and one on a value inside", async () => {
		const graph = new Graph();
		const x = graph.input("x", "f32", [2]);
		const h = square(x);
		const loss = sumAll(h);
		const gradients = backward(
			[...one(loss), { value: h, gradient: graph.scalar(10) }, { value: x, gradient: graph.scalar(100) }].map(
				(seed) => ({ ...seed, gradient: mul(seed.gradient, exp(mul(seed.value, 0))) }),
			),
			[x, h],
		);
		const [dx, dh] = await gradientsOf(graph, [gradients.get(x), gradients.get(h)], {
			x: tensor([2], [2, 3]),
		});
		expect(dh).toEqual([11, 11]);
		expect(dx).toEqual([100 + 11 * 4, 100 + 11 * 6]);
	});

	it("names the module path of an op whose gradient nobody wrote", () => {
		const graph = new Graph();
		const x = graph.input("x", "f32", [2]);
		const y = graph.scope("policy", () =>
			graph.scope("layers.0", () => graph.node({ op: "Erf", inputs: [x], outputs: [x] })),
		).outputs[0] as Value;
		const loss = sumAll(y);
		expect(() => backward(one(loss), [x])).toThrow(AppError);
		expect(() => backward(one(loss), [x])).toThrow(
			"policy/layers.0/Erf: the gradient of Erf is not supported",
		);
		// Nobody asks for it where nothing wanted lies behind it.
		const w = graph.input("w", "f32", [2]);
		expect(backward(one(sumAll(mul(w, y))), [w]).get(w)).not.toBeNull();
	});

	it("refuses the gradient in an exponent", () => {
		const graph = new Graph();
		const [x, b] = [graph.input("x", "f32", [2]), graph.input("b", "f32", [2])];
		const y = graph.node({ op: "Pow", inputs: [x, b], outputs: [x] }).outputs[0] as Value;
		const loss = sumAll(y);
		expect(() => backward(one(loss), [b])).toThrow(/gradient of Pow in its exponent/);
	});

	it("gives all of the gradient of a minimum to the first operand at a tie", async () => {
		const graph = new Graph();
		const [a, b] = [graph.input("a", "f32", [3]), graph.input("b", "f32", [3])];
		const gradients = backward(one(sumAll(minimum(a, b))), [a, b]);
		const [da, db] = await gradientsOf(graph, [gradients.get(a), gradients.get(b)], {
			a: tensor([3], [1, 2, 3]),
			b: tensor([3], [2, 2, 2]),
		});
		expect(da).toEqual([1, 1, 0]);
		expect(db).toEqual([0, 0, 1]);
	});

	it("orders parameter gradients with barriers that change no value", async () => {
		const random = seeded(3);
		const [rows, width, layers] = [4, 6, 3];
		const data = Array.from({ length: layers }, () => uniform(random, width * width, -1, 1));
		const x = uniform(random, rows * width, -1, 1);
		const run = async (barriers: boolean) => {
			const graph = new Graph();
			const feeds: Record<string, HostTensor> = { x: { shape: [rows, width], data: x } };
			const weights = data.map((values, i) => {
				feeds[`w${i}`] = { shape: [width, width], data: values };
				return graph.input(`w${i}`, "f32", [width, width]);
			});
			let h = graph.input("x", "f32", ["N", width]);
			const gain = graph.initializer("gain", "f32", [width], () => new Float32Array(width).fill(1));
			for (const weight of weights) h = add(h, matmul(rmsNorm(h, gain, 1e-6), weight));
			const loss = sumAll(square(h));
			const gradients = backward(one(loss), weights, { barriers });
			const barrierNodes = graph.nodes.filter((node) => node.op === "GatherND").length;
			return {
				barrierNodes,
				values: await gradientsOf(
					graph,
					weights.map((w) => gradients.get(w)),
					feeds,
				),
			};
		};
		const [plain, ordered] = [await run(false), await run(true)];
		expect(plain.barrierNodes).toBe(0);
		// Each of the two upper layers' weights is waited for; the lowest norm leads to nothing wanted.
		expect(ordered.barrierNodes).toBe(layers - 1);
		expect(ordered.values).toEqual(plain.values);
	});
});

describe("regions", () => {
	const withRegion = (wrong: number) => (x: Value) => {
		const [y] = x.graph.group(
			"cube",
			[x],
			() => [mul(square(x), x)],
			({ outputGradients: [g], accumulate }) => accumulate(x, mul(g as Value, mul(square(x), 3 * wrong))),
		);
		return exp(y as Value);
	};

	it("use their own gradient, and the check notices a wrong one", async () => {
		const right = await checkGradient({ x: floats([2, 3]) }, ({ x }) => withRegion(1)(x));
		expect(right.worst, right.where).toBeLessThan(3e-4);
		const wrong = await checkGradient({ x: floats([2, 3]) }, ({ x }) => withRegion(1.01)(x));
		expect(wrong.worst).toBeGreaterThan(3e-3);
	});

	it("build their forward again and walk it, in a region made below other gradients", async () => {
		const layer = (x: Value, w: Value) => silu(matmul(x, w));
		const report = await checkGradient({ x: floats([2, 3]), w: floats([3, 3]), v: floats([3, 3]) }, (at) => {
			const recomputed = (x: Value, w: Value) =>
				x.graph.group(
					"layer",
					[x, w],
					() => [layer(x, w)],
					({ outputGradients: [gradient], walk }) => {
						const first = x.graph.nodes.length;
						const again = layer(x, w);
						walk(first, [{ value: again, gradient: gradient as Value }]);
					},
				)[0] as Value;
			return square(recomputed(recomputed(at.x, at.w), at.v));
		});
		expect(report.worst, report.where).toBeLessThan(3e-4);
		expect(report.forwardOps.filter((op) => op === "Gemm")).toHaveLength(2);
	});

	it("do not make the walk's own nodes wanted", () => {
		const graph = new Graph();
		const x = graph.input("x", "f32", [2]);
		const seen: boolean[] = [];
		const [y] = graph.group(
			"head",
			[x],
			() => [square(x)],
			({ outputGradients: [gradient], walk, needs }) => {
				const first = graph.nodes.length;
				walk(first, [{ value: square(x), gradient: gradient as Value }]);
				seen.push(needs(gradient as Value));
			},
		);
		// log's gradient divides by its input, so the seed of the region is computed from a wanted value.
		backward(one(sumAll(log(y as Value))), [x]);
		expect(seen).toEqual([false]);
	});

	it("refuse a value that leaves by another way than their outputs", () => {
		const graph = new Graph();
		const x = graph.input("x", "f32", [2]);
		let inner = x;
		const [y] = graph.group(
			"layer",
			[x],
			() => {
				inner = square(x);
				return [exp(inner)];
			},
			({ outputGradients: [gradient], accumulate }) => accumulate(x, gradient as Value),
		);
		const loss = sumAll(add(y as Value, reduceSum(inner, [0], true)));
		expect(() => backward(one(loss), [x])).toThrow(/Mul f32\[2\] is used outside layer/);
	});

	it("skip their gradient when nothing flows in", () => {
		const graph = new Graph();
		const x = graph.input("x", "f32", [2]);
		graph.group(
			"unused",
			[x],
			() => [square(x)],
			() => graph.fail("entered"),
		);
		expect(backward(one(sumAll(x)), [x]).get(x)).not.toBeNull();
	});
});
