import { mul, reduceSum, sub } from "../../graph/ops/index.ts";
import type { GradientRule } from "../rule.ts";

/** p = softmax(x): dx = p (g - sum(g p)). */
export const softmaxGradient: GradientRule = ({ output, gradient }) => {
	const p = output(0);
	return [mul(p, sub(gradient, reduceSum(mul(gradient, p), [-1], true)))];
};
