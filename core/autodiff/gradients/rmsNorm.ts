import { dimOf } from "../../graph/graph.ts";
import { add, matmul, mul, reshape, sub } from "../../graph/ops/index.ts";
import type { GradientRule } from "../rule.ts";

/**
 * y = x n w with n = 1 / rms(x), one number a row. With t = g x:
 * dx = n g w - x n^3 (t . w) / D,  dw = sum over rows of n t.
 * Both sums are products with a vector, which read t once and write next to nothing.
 */
export const rmsNormGradient: GradientRule = ({ input, output, gradient, needs, takeBarrier }) => {
	const [x, weight, inverse] = [input(0), input(1), output(1)];
	const width = dimOf(x, 1) as number;
	const t = mul(gradient, x);
	const weightGradient = needs(1) ? reshape(matmul(inverse, t, { transA: true }), [width]) : null;
	if (!needs(0)) return [null, weightGradient];
	const projection = matmul(t, reshape(weight, [width, 1]), { alpha: 1 / width });
	// One row-sized sum is the cheapest place to make this layer's parameter gradients come before the layer below.
	const barrier = takeBarrier();
	const ordered = barrier ? add(projection, barrier) : projection;
	const along = mul(ordered, mul(inverse, mul(inverse, inverse)));
	return [sub(mul(mul(gradient, weight), inverse), mul(x, along)), weightGradient];
};
