import { neg } from "../../graph/ops/index.ts";
import type { GradientRule } from "../rule.ts";

export const subGradient: GradientRule = ({ gradient, needs }) => [
	needs(0) ? gradient : null,
	needs(1) ? neg(gradient) : null,
];
