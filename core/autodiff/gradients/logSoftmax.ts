import { exp, mul, reduceSum, sub } from "../../graph/ops/index.ts";
import type { GradientRule } from "../rule.ts";

/** l = log softmax(x): dx = g - exp(l) sum(g). */
export const logSoftmaxGradient: GradientRule = ({ output, gradient }) => [
	sub(gradient, mul(exp(output(0)), reduceSum(gradient, [-1], true))),
];
