import type { GradientRule } from "../rule.ts";

export const addGradient: GradientRule = ({ gradient, needs }) => [
	needs(0) ? gradient : null,
	needs(1) ? gradient : null,
];
