import { cast, lessOrEqual, mul, sub } from "../../graph/ops/index.ts";
import type { GradientRule } from "../rule.ts";

/** The gradient follows the smaller operand; at a tie it goes to the first. */
export const minGradient: GradientRule = ({ input, gradient, needs }) => {
	const first = cast(lessOrEqual(input(0), input(1)), "f32");
	return [needs(0) ? mul(gradient, first) : null, needs(1) ? mul(gradient, sub(1, first)) : null];
};
