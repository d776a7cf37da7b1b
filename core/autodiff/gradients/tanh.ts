import { mul, square, sub } from "../../graph/ops/index.ts";
import type { GradientRule } from "../rule.ts";

/** tanh' = 1 - tanh^2. */
export const tanhGradient: GradientRule = ({ output, gradient }) => [
	mul(gradient, sub(1, square(output(0)))),
];
