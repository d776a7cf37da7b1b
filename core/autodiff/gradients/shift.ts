import { shift } from "../../graph/ops/index.ts";
import type { GradientRule } from "../rule.ts";

/** out[t] = x[t + by], 0 beyond the ends: the gradient moves the other way. */
export const shiftGradient: GradientRule = ({ node, gradient }) => {
	const pads = node.inputs[1];
	if (!pads) throw new Error(`${node.name} has no pads`);
	const end = gradient.graph.constantInts(pads).at(-1) ?? 0;
	return [shift(gradient, -end), null];
};
