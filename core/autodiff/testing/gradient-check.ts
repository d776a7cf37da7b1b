import { type Dim, type Shape, termsOf } from "../../graph/dims.ts";
import { Graph, type TensorData, type Value } from "../../graph/graph.ts";
import { GraphSession } from "../../runtime/session.ts";
import type { HostTensor } from "../../runtime/tensors.ts";
import { type BackwardOptions, backward } from "../backward.ts";
import { seeded, uniform } from "./random.ts";

/** One input of a checked function: random floats, or given numbers. */
export interface CheckInput {
	/** As declared in the graph; symbols take their size from `CheckOptions.sizes`. */
	shape: Shape;
	/** Range of the random floats; default -1..1. */
	range?: readonly [number, number];
	values?: TensorData;
	/** Whether the gradient in it is checked; default: when it holds floats. */
	differentiate?: boolean;
}

export interface CheckOptions extends BackwardOptions {
	sizes?: Readonly<Record<string, number>>;
	threads?: number;
	seed?: number;
	/** Half the width of the inner difference, a power of two. */
	step?: number;
}

export interface CheckReport {
	/** Largest |analytic - numeric| over max(1, largest |numeric|) of the same input. */
	worst: number;
	/** Where that is, such as `x[3]: analytic 1, numeric 2`. */
	where: string;
	/** Operators of the forward part, in order. */
	forwardOps: readonly string[];
	value: HostTensor;
	/** Analytic gradient of `<cotangent, value>` in each differentiated input. */
	gradients: Readonly<Record<string, Float32Array>>;
	feeds: Readonly<Record<string, HostTensor>>;
}

/**
 * Compares reverse mode with differences: for a random cotangent c and f(x) = <c, build(x)>, every element of the
 * gradient of f against the fourth-order central difference (8 f(x±h) - f(x±2h)) / 12h, from one session.
 */
export async function checkGradient<Name extends string>(
	inputs: Readonly<Record<Name, CheckInput>>,
	build: (values: Record<Name, Value>) => Value,
	options: CheckOptions = {},
): Promise<CheckReport> {
	const { sizes = {}, threads = 1, seed = 1, step = 2 ** -5 } = options;
	const random = seeded(seed);
	const graph = new Graph();
	const values = {} as Record<Name, Value>;
	const feeds: Record<string, HostTensor> = {};
	const checked: Name[] = [];
	const concrete = (shape: Shape) => shape.map((dim) => evaluate(dim, sizes));
	for (const [name, input] of Object.entries(inputs) as [Name, CheckInput][]) {
		const shape = concrete(input.shape);
		const [from, to] = input.range ?? [-1, 1];
		const data = input.values ?? uniform(random, count(shape), from, to);
		feeds[name] = { shape, data };
		values[name] = graph.input(name, data instanceof BigInt64Array ? "i64" : "f32", input.shape);
		if (input.differentiate ?? data instanceof Float32Array) checked.push(name);
	}
	const y = build(values);
	const forwardOps = graph.nodes.map((node) => node.op);
	const cotangent = graph.input("cotangent", "f32", y.shape);
	graph.output("value", y);
	const gradients = backward(
		[{ value: y, gradient: cotangent }],
		checked.map((name) => values[name]),
		options,
	);
	for (const name of checked) {
		const gradient = gradients.get(values[name]);
		if (!gradient) throw new Error(`no gradient reaches ${name}`);
		graph.output(`d/${name}`, gradient);
	}

	const c = uniform(random, count(concrete(y.shape)), -1, 1);
	feeds.cotangent = { shape: concrete(y.shape), data: c };
	const session = await GraphSession.create(graph, { threads });
	try {
		const results = await session.run(feeds);
		const f = async (): Promise<number> => {
			const { value } = await session.run(feeds, ["value"]);
			return dot(c, floats(value));
		};
		const analytic: Record<string, Float32Array> = {};
		let [worst, where] = [0, "nowhere"];
		for (const name of checked) {
			const gradient = results[`d/${name}`] as HostTensor;
			const x = floats(feeds[name]);
			if (gradient.shape.join() !== feeds[name]?.shape.join())
				throw new Error(`the gradient of ${name} has shape [${gradient.shape}]`);
			analytic[name] = floats(gradient);
			const numeric = new Float64Array(x.length);
			for (const [i, centre] of x.entries()) {
				const at = async (offset: number): Promise<number> => {
					x[i] = centre + offset;
					return f();
				};
				const near = (await at(step)) - (await at(-step));
				const far = (await at(2 * step)) - (await at(-2 * step));
				x[i] = centre;
				numeric[i] = (8 * near - far) / (12 * step);
			}
			const scale = numeric.reduce((max, g) => Math.max(max, Math.abs(g)), 1);
			numeric.forEach((expected, i) => {
				const got = analytic[name]?.[i] ?? Number.NaN;
				const error = Math.abs(got - expected) / scale;
				if (error <= worst) return;
				worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
				where = `${name}[${i}]: analytic ${got}, numeric ${expected}`;
			});
		}
		return { worst, where, forwardOps, value: results.value as HostTensor, gradients: analytic, feeds };
	} finally {
		await session.release();
	}
}

function evaluate(dim: Dim, sizes: Readonly<Record<string, number>>): number {
	let sum = 0;
	for (const { coefficient, symbols } of termsOf(dim)) {
		sum += symbols.reduce((product, symbol) => {
			const size = sizes[symbol];
			if (size === undefined) throw new Error(`the size of ${symbol} is not given`);
			return product * size;
		}, coefficient);
	}
	return sum;
}

const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

function floats(tensor: HostTensor | undefined): Float32Array {
	if (!(tensor?.data instanceof Float32Array)) throw new Error("a float tensor was expected");
	return tensor.data;
}

function dot(a: Float32Array, b: Float32Array): number {
	if (a.length !== b.length) throw new Error(`${b.length} elements where ${a.length} were expected`);
	return a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);
}
