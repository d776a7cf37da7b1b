import { mul } from "../../graph/ops/index.ts";
import type { GradientRule } from "../rule.ts";

export const mulGradient: GradientRule = ({ input, gradient, needs }) => {
	// A square, x * x, is one product and not two.
	if (input(0) === input(1)) return [mul(gradient, mul(input(0), 2)), null];
	return [needs(0) ? mul(gradient, input(1)) : null, needs(1) ? mul(gradient, input(0)) : null];
};
