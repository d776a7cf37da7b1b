import type { GradientRule } from "../rule.ts";

/** The walk sums the copies back. */
export const expandGradient: GradientRule = ({ gradient }) => [gradient, null];
