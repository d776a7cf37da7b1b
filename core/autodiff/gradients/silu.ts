import { activations } from "../../graph/ops/activation.ts";
import { mul } from "../../graph/ops/index.ts";
import type { GradientRule } from "../rule.ts";

const { gate, slope } = activations.silu;

export const siluGradient: GradientRule = ({ input, output, gradient }) => [
	mul(gradient, slope(input(0), gate(input(0)), output(0))),
];
