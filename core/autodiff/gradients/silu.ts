import { add, mul, sigmoid, sub } from "../../graph/ops/index.ts";
import type { GradientRule } from "../rule.ts";

/** y = x s(x): dy/dx = s + x s (1 - s) = s + y (1 - s). */
export const siluGradient: GradientRule = ({ input, output, gradient }) => {
	const s = sigmoid(input(0));
	return [mul(gradient, add(s, mul(output(0), sub(1, s))))];
};
