import { reshape } from "../../graph/ops/index.ts";
import type { GradientRule } from "../rule.ts";

export const reshapeGradient: GradientRule = ({ input, gradient }) => [
	reshape(gradient, input(0).shape),
	null,
];
