import { dimOf } from "../../graph/graph.ts";
import { concat, expand, reshape } from "../../graph/ops/index.ts";
import type { GradientRule } from "../rule.ts";

/** The gradient of one piece is itself, with zeros where the other pieces were. */
export const splitGradient: GradientRule = ({ node, gradient, index, int }) => {
	const graph = gradient.graph;
	const zero = reshape(graph.scalar(0), Array<number>(gradient.shape.length).fill(1));
	const parts = node.outputs.map((out, i) => (i === index ? gradient : expand(zero, out.shape)));
	return [
		concat(
			parts.filter((part) => dimOf(part, int("axis")) !== 0),
			int("axis"),
		),
		null,
	];
};
