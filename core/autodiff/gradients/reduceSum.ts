import type { Shape } from "../../graph/dims.ts";
import type { Value } from "../../graph/graph.ts";
import { expand, reshape } from "../../graph/ops/index.ts";
import type { GradientRule, RuleContext } from "../rule.ts";

/** Spreads the gradient of a reduction over the reduced axes. */
export function spread({ node, input, gradient, int }: RuleContext): Value {
	const shape: Shape = input(0).shape;
	if (int("keepdims") === 1) return expand(gradient, shape);
	const axes = node.inputs[1];
	const reduced = axes ? [...gradient.graph.constantInts(axes)] : [];
	return expand(
		reshape(
			gradient,
			shape.map((dim, i) => (reduced.includes(i) ? 1 : dim)),
		),
		shape,
	);
}

export const reduceSumGradient: GradientRule = (context) => [spread(context), null];
