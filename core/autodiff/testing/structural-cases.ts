import type { Value } from "../../graph/graph.ts";
import {
	add,
	concat,
	expand,
	gatherRows,
	matmul,
	mul,
	pick,
	reduceMean,
	reduceSum,
	reshape,
	rmsNorm,
	rotary,
	shift,
	split,
	splitEvenly,
	square,
	sumAll,
	transpose,
} from "../../graph/ops/index.ts";
import { floats, frozen, type GradientCase, given, ids } from "./case.ts";

/** Every combination of transA, transB and alpha, for matrices (Gemm) and for stacks of them (FusedMatMul). */
function matmuls(): GradientCase[] {
	const cases: GradientCase[] = [];
	for (const batch of [[], [2], [2, "N"]]) {
		for (const transA of [false, true]) {
			for (const transB of [false, true]) {
				for (const alpha of [1, -0.5]) {
					cases.push({
						op: batch.length === 0 ? "Gemm" : "FusedMatMul",
						name: `batch [${batch}] transA ${transA} transB ${transB} alpha ${alpha}`,
						inputs: {
							a: floats([...batch, ...(transA ? [4, 2] : [2, 4])]),
							b: floats([...batch, ...(transB ? [3, 4] : [4, 3])]),
						},
						build: (at) => matmul(at("a"), at("b"), { transA, transB, alpha }),
						options: { sizes: { N: 2 } },
					});
				}
			}
		}
	}
	return cases;
}

type Reduction = (x: Value, axes: readonly number[], keepDims: boolean) => Value;

function reductions(op: string, reduce: Reduction): GradientCase[] {
	return [[0], [1], [-1], [0, 2], [0, 1, 2]].flatMap((axes) =>
		[false, true].map((keepDims) => ({
			op,
			name: `axes [${axes}] keepDims ${keepDims}`,
			inputs: { x: floats([2, 3, 4]) },
			// Squared, so that the gradient differs from place to place.
			build: (at) => square(reduce(at("x"), axes, keepDims)),
		})),
	);
}

const ROTARY_TABLE = [1, 0.5, 0.2, -0.4, 0.9, 0.3, -0.7, 0.6];

export const structuralCases: readonly GradientCase[] = [
	...matmuls(),
	...reductions("ReduceSum", reduceSum),
	...reductions("ReduceMean", reduceMean),
	{
		op: "ReduceSum",
		name: "over symbolic axes",
		inputs: { x: floats(["N", 3, "M"]) },
		build: (at) => add(sumAll(square(at("x"))), reduceSum(at("x"), [0, 2])),
		options: { sizes: { N: 2, M: 4 } },
	},
	{
		op: "ReduceMean",
		name: "over the static axis of a symbolic matrix",
		inputs: { x: floats(["N", 3]) },
		build: (at) => square(reduceMean(at("x"), [-1], true)),
		options: { sizes: { N: 2 } },
	},
	{
		op: "Reshape",
		name: "static",
		inputs: { x: floats([2, 6]), y: floats([3, 4]) },
		build: (at) => mul(reshape(at("x"), [3, 4]), at("y")),
	},
	{
		op: "Reshape",
		name: "several unknown axes",
		inputs: { x: floats(["B", "T", 4]), y: floats(["B", 2, 2, "T"]) },
		build: (at) => mul(reshape(transpose(at("x"), [0, 2, 1]), ["B", 2, 2, "T"]), at("y")),
		options: { sizes: { B: 2, T: 3 } },
	},
	...[
		[1, 0, 2],
		[2, 0, 1],
		[1, 2, 0],
	].map((permutation) => ({
		op: "Transpose",
		name: `[${permutation}]`,
		inputs: { x: floats([2, 3, 4]) },
		build: (at: (name: string) => Value) => square(transpose(at("x"), permutation)),
	})),
	...[0, 1, -1].map((axis) => ({
		op: "Concat",
		name: `axis ${axis}`,
		inputs: { a: floats([2, 3]), b: floats(axis === 0 ? [1, 3] : [2, 1]) },
		build: (at: (name: string) => Value) => square(concat([at("a"), at("b"), at("a")], axis)),
	})),
	{
		op: "Concat",
		name: "symbolic pieces, one of them frozen",
		inputs: { a: floats(["N", 2]), b: frozen(floats(["M", 2])), c: floats(["N", 2]) },
		build: (at) => square(concat([at("a"), at("b"), at("c")], 0)),
		options: { sizes: { N: 2, M: 3 } },
	},
	{
		op: "Split",
		name: "unequal pieces, all used, one twice",
		inputs: { x: floats([2, 6]) },
		build: (at) => {
			const [a, b, c] = split(at("x"), [1, 3, 2], 1) as [Value, Value, Value];
			return concat([mul(a, b), mul(c, a)], 1);
		},
	},
	{
		op: "Split",
		name: "a piece that nobody uses",
		inputs: { x: floats([2, 6]) },
		build: (at) => square(splitEvenly(at("x"), 3, -1)[1] as Value),
	},
	{
		op: "Split",
		name: "a symbolic axis",
		inputs: { x: floats(["3*N", 2]), n: frozen(floats(["N"])) },
		build: (at) => square(split(at("x"), ["N", "2*N"], 0)[1] as Value),
		options: { sizes: { N: 2 } },
	},
	...[1, -1, 2, 0].map((by) => ({
		op: "Pad",
		name: `by ${by}`,
		inputs: { x: floats([2, 4]) },
		build: (at: (name: string) => Value) => square(shift(at("x"), by)),
	})),
	{
		op: "Expand",
		name: "an axis of size 1",
		inputs: { x: floats([2, 1, 3]) },
		build: (at) => square(expand(at("x"), [2, 4, 3])),
	},
	{
		op: "Expand",
		name: "a new leading axis, symbolic",
		inputs: { x: floats([1, 3]), like: floats(["N", 2, 3]) },
		build: (at) => mul(expand(at("x"), ["N", 2, 3]), at("like")),
		options: { sizes: { N: 2 } },
	},
	{
		op: "Gather",
		name: "a small table, repeated ids",
		inputs: { table: floats([5, 3]), ids: ids([2, 3], [4, 0, 4, 1, 4, 0]) },
		build: (at) => square(gatherRows(at("table"), at("ids"))),
	},
	{
		op: "Gather",
		name: "symbolic ids",
		inputs: { table: floats([4, 2]), ids: ids(["B", "T"], [3, 0, 3, 1, 3, 0]) },
		build: (at) => square(gatherRows(at("table"), at("ids"))),
		options: { sizes: { B: 3, T: 2 } },
	},
	{
		op: "Gather",
		name: "a table of unknown height, which is scattered into",
		inputs: { table: floats(["V", 2]), ids: ids([5], [3, 0, 3, 1, 3]) },
		build: (at) => square(gatherRows(at("table"), at("ids"))),
		options: { sizes: { V: 4 } },
	},
	{
		op: "GatherElements",
		name: "one of each row",
		inputs: { x: floats([3, 4]), ids: ids([3], [2, 0, 2]) },
		build: (at) => square(pick(at("x"), at("ids"))),
	},
	{
		op: "GatherElements",
		name: "symbolic rows",
		inputs: { x: floats(["N", 4]), ids: ids(["N"], [2, 0, 3]) },
		build: (at) => square(pick(at("x"), at("ids"))),
		options: { sizes: { N: 3 } },
	},
	...[1e-5, 0.5].map((epsilon) => ({
		op: "SimplifiedLayerNormalization",
		name: `in x and in the weight, epsilon ${epsilon}`,
		inputs: { x: floats([3, 4]), weight: floats([4], [0.5, 1.5]) },
		build: (at: (name: string) => Value) => square(rmsNorm(at("x"), at("weight"), epsilon)),
	})),
	{
		op: "SimplifiedLayerNormalization",
		name: "in x alone",
		inputs: { x: floats(["N", 4]), weight: frozen(floats([4])) },
		build: (at) => rmsNorm(at("x"), at("weight"), 1e-6),
		options: { sizes: { N: 3 } },
	},
	{
		op: "SimplifiedLayerNormalization",
		name: "in the weight alone",
		inputs: { x: frozen(floats(["N", 4])), weight: floats([4]) },
		build: (at) => rmsNorm(at("x"), at("weight"), 1e-6),
		options: { sizes: { N: 3 } },
	},
	{
		op: "RotaryEmbedding",
		name: "two heads, a position for each row",
		inputs: {
			x: floats(["N", 1, 8]),
			positions: ids(["N", 1], [3, 0, 3]),
			// Not cosines and sines of one angle: the gradient must hold for the tables as given.
			cosines: frozen(given([4, 2], ROTARY_TABLE)),
			sines: frozen(given([4, 2], [...ROTARY_TABLE].reverse())),
		},
		build: (at) => square(rotary(at("x"), at("positions"), at("cosines"), at("sines"), 2)),
		options: { sizes: { N: 3 } },
	},
];
