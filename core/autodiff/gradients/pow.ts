import { mul, pow, sub } from "../../graph/ops/index.ts";
import type { GradientRule } from "../rule.ts";

/** a ** b for constant b: da = g b a ** (b - 1). */
export const powGradient: GradientRule = ({ node, input, gradient, needs }) => {
	if (needs(1))
		node.outputs[0]?.graph.fail(`${node.name}: the gradient of Pow in its exponent is not supported`);
	return [mul(gradient, mul(input(1), pow(input(0), sub(input(1), 1)))), null];
};
