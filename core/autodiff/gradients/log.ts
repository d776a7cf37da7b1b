import { div } from "../../graph/ops/index.ts";
import type { GradientRule } from "../rule.ts";

export const logGradient: GradientRule = ({ input, gradient }) => [div(gradient, input(0))];
