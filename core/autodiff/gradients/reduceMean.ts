import { dimOf } from "../../graph/graph.ts";
import { mul } from "../../graph/ops/index.ts";
import type { GradientRule } from "../rule.ts";
import { spread } from "./reduceSum.ts";

export const reduceMeanGradient: GradientRule = (context) => {
	const { node, input, gradient } = context;
	const axes = node.inputs[1];
	const count = (axes ? [...gradient.graph.constantInts(axes)] : []).map((axis) => dimOf(input(0), axis));
	if (count.some((dim) => typeof dim !== "number")) {
		return gradient.graph.fail(
			`${node.name}: the mean over a symbolic axis has no gradient here; sum and scale instead`,
		);
	}
	const total = (count as number[]).reduce((a, b) => a * b, 1);
	return [mul(spread(context), 1 / total), null];
};
