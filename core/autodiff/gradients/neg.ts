import { neg } from "../../graph/ops/index.ts";
import type { GradientRule } from "../rule.ts";

export const negGradient: GradientRule = ({ gradient }) => [neg(gradient)];
