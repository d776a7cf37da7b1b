import { activations } from "../../graph/ops/activation.ts";
import { mul } from "../../graph/ops/index.ts";
import type { GradientRule } from "../rule.ts";

const { gate, slope } = activations.geluTanh;

export const geluTanhGradient: GradientRule = ({ input, output, gradient }) => [
	mul(gradient, slope(input(0), gate(input(0)), output(0))),
];
