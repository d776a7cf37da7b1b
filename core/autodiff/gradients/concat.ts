import { dimOf } from "../../graph/graph.ts";
import { split } from "../../graph/ops/index.ts";
import type { GradientRule } from "../rule.ts";

export const concatGradient: GradientRule = ({ node, input, gradient, needs, int }) => {
	const axis = int("axis");
	const pieces = split(
		gradient,
		node.inputs.map((_, i) => dimOf(input(i), axis)),
		axis,
	);
	return pieces.map((piece, i) => (needs(i) ? piece : null));
};
