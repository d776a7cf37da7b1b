import { isFloat } from "../../graph/graph.ts";
import { cast } from "../../graph/ops/index.ts";
import type { GradientRule } from "../rule.ts";

/** Between float types the gradient is cast back; nothing flows into whole numbers and truth values. */
export const castGradient: GradientRule = ({ input, gradient }) => {
	const { dtype } = input(0);
	return [isFloat(dtype) ? cast(gradient, dtype) : null];
};
