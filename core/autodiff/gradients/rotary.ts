import { dimOf } from "../../graph/graph.ts";
import { neg, rotary } from "../../graph/ops/index.ts";
import type { GradientRule } from "../rule.ts";

/** A rotation's gradient is the rotation by the negated angle. */
export const rotaryGradient: GradientRule = ({ input, gradient, int }) => {
	const [positions, cosines, sines] = [input(1), input(2), input(3)];
	const negated = sines.graph.once(`negated/${sines.name}`, () => neg(sines));
	if (dimOf(gradient, 1) !== 1) throw new Error("rotary works on rows of length 1");
	return [rotary(gradient, positions, cosines, negated, int("num_heads")), null, null, null];
};
