import { mul, sub } from "../../graph/ops/index.ts";
import type { GradientRule } from "../rule.ts";

/** s' = s (1 - s). */
export const sigmoidGradient: GradientRule = ({ output, gradient }) => [
	mul(gradient, mul(output(0), sub(1, output(0)))),
];
