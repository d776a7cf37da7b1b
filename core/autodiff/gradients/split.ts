import { dimOf } from "../../graph/graph.ts";
import { concat, expand, reshape } from "../../graph/ops/index.ts";
import type { GradientRule } from "../rule.ts";

/** The pieces' gradients side by side, with zeros where a piece has none: made once, for the first that has one. */
export const splitGradient: GradientRule = ({ node, gradient, gradients, index, int }) => {
	if (gradients.findIndex((each) => each !== null) !== index) return [null];
	const graph = gradient.graph;
	const zero = reshape(graph.scalar(0), Array<number>(gradient.shape.length).fill(1));
	const parts = node.outputs.map((out, i) => gradients[i] ?? expand(zero, out.shape));
	return [
		concat(
			parts.filter((part) => dimOf(part, int("axis")) !== 0),
			int("axis"),
		),
		null,
	];
};
