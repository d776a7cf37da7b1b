import type { Shape } from "../../graph/dims.ts";
import type { Value } from "../../graph/graph.ts";
import {
	add,
	cast,
	div,
	exp,
	geluTanh,
	log,
	logSoftmax,
	minimum,
	mul,
	neg,
	pow,
	sigmoid,
	silu,
	softmax,
	square,
	sub,
	tanh,
} from "../../graph/ops/index.ts";
import { floats, type GradientCase, given, positive } from "./case.ts";

/** Pairs of shapes that NumPy broadcasts, each way round; [N, 3] is symbolic. */
const BROADCASTS: readonly (readonly [Shape, Shape])[] = [
	[
		[2, 3],
		[2, 3],
	],
	[[2, 3], [3]],
	[[3], [2, 3]],
	[
		[2, 1],
		[1, 3],
	],
	[[2, 3], []],
	[[], [2, 3]],
	[
		[2, 1, 3],
		[4, 1],
	],
	[
		["N", 3],
		["N", 1],
	],
	[
		[1, 3],
		["N", 3],
	],
];

type Binary = (a: Value, b: Value) => Value;

function binary(op: string, build: Binary, second = floats): GradientCase[] {
	return BROADCASTS.map(([a, b]) => ({
		op,
		name: `[${a}] with [${b}]`,
		inputs: { a: floats(a), b: second(b) },
		build: (at) => build(at("a"), at("b")),
		options: { sizes: { N: 2 } },
	}));
}

function unary(op: string, build: (x: Value) => Value, input = floats([2, 3])): GradientCase {
	return { op, name: "matrix", inputs: { x: input }, build: (at) => build(at("x")) };
}

export const elementwiseCases: readonly GradientCase[] = [
	...binary("Add", add),
	...binary("Sub", sub),
	...binary("Mul", mul),
	...binary("Div", div, positive),
	// Operands a whole range apart, so that no step crosses the tie: the first is smaller in one half, the second in the other.
	...binary("Min", (a, b) => add(minimum(a, add(b, 3)), mul(minimum(a, sub(b, 3)), 0.5))),
	{
		op: "Mul",
		name: "a square",
		inputs: { x: floats([2, 3]) },
		build: (at) => square(at("x")),
	},
	{
		op: "Mul",
		name: "a cube, one factor used twice",
		inputs: { x: floats([2, 3]) },
		build: (at) => mul(square(at("x")), at("x")),
	},
	{
		op: "Sub",
		name: "numbers on either side",
		inputs: { x: positive([2, 3]) },
		build: (at) => sub(2, mul(3, sub(at("x"), 0.5))),
	},
	{
		op: "Div",
		name: "a number by a tensor, a tensor by itself plus one",
		inputs: { x: positive([2, 3]) },
		build: (at) => add(div(2, at("x")), div(at("x"), add(at("x"), 1))),
	},
	{
		op: "Cast",
		name: "to half precision and back, of numbers that it holds exactly, steps beside them too",
		inputs: { x: given([2, 3], [-1, -0.25, 0.03125, 0.5, 0.75, 1]) },
		build: (at) => cast(cast(at("x"), "f16"), "f32"),
	},
	unary("Neg", neg),
	unary("Exp", exp),
	unary("Log", log, positive([2, 3])),
	unary("Sigmoid", sigmoid, floats([2, 3], [-4, 4])),
	unary("Tanh", tanh, floats([2, 3], [-2, 2])),
	unary("QuickGelu", silu, floats([2, 3], [-4, 4])),
	unary("FastGelu", geluTanh, floats([2, 3], [-4, 4])),
	unary("Pow", (x) => pow(x, 2)),
	{ ...unary("Pow", (x) => pow(x, 3)), name: "odd power of negative numbers" },
	{ ...unary("Pow", (x) => pow(x, -0.5), positive([2, 3])), name: "inverse square root" },
	{ ...unary("Pow", (x) => pow(x, 2.5), positive([3])), name: "fractional power" },
	{
		op: "Pow",
		name: "an exponent for each column",
		inputs: { x: positive([2, 3]), b: { ...given([3], [1, 2, 3]), differentiate: false } },
		build: (at) => pow(at("x"), at("b")),
	},
	unary("Softmax", softmax, floats([2, 5], [-2, 2])),
	{ ...unary("Softmax", softmax, floats([2, 2, 3])), name: "rank 3" },
	unary("LogSoftmax", logSoftmax, floats([2, 5], [-2, 2])),
	{ ...unary("LogSoftmax", logSoftmax, floats([2, 2, 3])), name: "rank 3" },
];
