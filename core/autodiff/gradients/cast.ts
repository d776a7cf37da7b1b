import { cast } from "../../graph/ops/index.ts";
import type { GradientRule } from "../rule.ts";

/** Between float types the gradient is cast back; nothing flows into whole numbers and truth values. */
export const castGradient: GradientRule = ({ input, gradient }) => {
	const { dtype } = input(0);
	return [dtype === "f32" || dtype === "f16" ? cast(gradient, dtype) : null];
};
