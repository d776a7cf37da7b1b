import { mul } from "../../graph/ops/index.ts";
import type { GradientRule } from "../rule.ts";

export const expGradient: GradientRule = ({ output, gradient }) => [mul(gradient, output(0))];
