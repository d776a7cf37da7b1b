import { div, mul, neg } from "../../graph/ops/index.ts";
import type { GradientRule } from "../rule.ts";

/** a / b: da = g / b, db = -g (a / b) / b. */
export const divGradient: GradientRule = ({ input, output, gradient, needs }) => [
	needs(0) ? div(gradient, input(1)) : null,
	needs(1) ? neg(div(mul(gradient, output(0)), input(1))) : null,
];
