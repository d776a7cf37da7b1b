import { describe, expect, it } from "vitest";
import type { Value } from "../graph/graph.ts";
import {
	add,
	concat,
	div,
	exp,
	gatherRows,
	log,
	logSoftmax,
	matmul,
	minimum,
	mul,
	neg,
	reduceMean,
	reduceSum,
	reshape,
	rmsNorm,
	shift,
	sigmoid,
	silu,
	softmax,
	split,
	square,
	sub,
	transpose,
} from "../graph/ops/index.ts";
import { floats, ids } from "./testing/case.ts";
import { checkGradient } from "./testing/gradient-check.ts";
import { seeded } from "./testing/random.ts";

const [N, D] = [3, 4] as const;

/** Smooth functions of matrices `[3, 4]` that keep the numbers small. */
const steps: readonly ((a: Value, b: Value, weight: Value) => Value)[] = [
	(a, b) => add(a, mul(b, 0.5)),
	(a, b) => sub(a, b),
	(a, b) => mul(sigmoid(a), b),
	(a, b) => div(a, add(square(b), 1)),
	(a) => neg(silu(a)),
	(a) => log(add(exp(sigmoid(a)), 1)),
	(a, _, w) => matmul(a, w, { alpha: 0.5 }),
	(a, b, w) => matmul(softmax(matmul(a, b, { transB: true })), matmul(b, w)),
	(a) => logSoftmax(a),
	(a) => rmsNorm(a, reshape(reduceSum(sigmoid(a), [0]), [D]), 0.1),
	(a, b) => sub(a, reduceMean(b, [0], true)),
	(a) => transpose(reshape(a, [D, N]), [1, 0]),
	(a, b) => {
		const [left, right] = split(concat([a, b], 1), [3, 5], 1) as [Value, Value];
		return add(concat([left, reduceSum(right, [1], true)], 1), shift(a, 1));
	},
	(a) => minimum(a, add(a, 1)),
];

describe("a random composition of ops", () => {
	it.each([1, 2, 3, 4, 5, 6, 7, 8])("has the gradient that differences give, seed %i", async (seed) => {
		const random = seeded(seed);
		const any = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T;
		const inputs = {
			x: floats([N, D]),
			weight: floats([D, D]),
			table: floats([5, D]),
			ids: ids([N], [4, 0, 4]),
		};
		const chosen = Array.from({ length: 12 }, () => any(steps));
		const report = await checkGradient(
			inputs,
			({ x, weight, table, ids: rows }) => {
				const made = [x, gatherRows(table, rows)];
				for (const step of chosen) made.push(step(any(made), made.at(-1) as Value, weight));
				return add(made.at(-1) as Value, mul(made.reduce(add), 0.1));
			},
			{ seed },
		);
		expect(report.forwardOps.length).toBeGreaterThan(15);
		expect(report.worst, report.where).toBeLessThan(1e-3);
	});
});
