import { dimOf } from "../../graph/graph.ts";
import { add, mul, reduceMean, reduceSum, sub } from "../../graph/ops/index.ts";
import type { GradientRule } from "../rule.ts";

/**
 * y = x n w with n = 1 / rms(x), one number a row. With h = g w and u = x n:
 * dx = n (h - u mean(h u)),  dw = sum over rows of g u.
 */
export const rmsNormGradient: GradientRule = ({ input, output, gradient, needs, takeBarrier }) => {
	const [x, weight, inverse] = [input(0), input(1), output(1)];
	const unit = mul(x, inverse);
	const weightGradient = needs(1) ? reduceSum(mul(gradient, unit), [0]) : null;
	if (!needs(0)) return [null, weightGradient];
	const h = mul(gradient, weight);
	const projection = reduceMean(mul(h, unit), [-1], true);
	// One row-sized sum is the cheapest place to make this layer's parameter gradients come before the layer below.
	const barrier = takeBarrier();
	const ordered = barrier ? add(projection, barrier) : projection;
	if (dimOf(ordered, 1) !== 1) throw new Error("the projection of an rms norm is one number a row");
	return [mul(inverse, sub(h, mul(unit, ordered))), weightGradient];
};
