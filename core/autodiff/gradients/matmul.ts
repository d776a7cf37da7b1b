import { matmul } from "../../graph/ops/index.ts";
import type { GradientRule } from "../rule.ts";

/**
 * y = alpha op(a) op(b). With A = op(a), B = op(b): dA = alpha g B^T and dB = alpha A^T g, each written in the
 * layout that a and b are stored in.
 */
export const matmulGradient: GradientRule = ({ input, gradient, needs, int, float }) => {
	const [a, b] = [input(0), input(1)];
	const transA = int("transA") === 1;
	const transB = int("transB") === 1;
	const alpha = float("alpha");
	return [
		!needs(0)
			? null
			: transA
				? matmul(b, gradient, { transA: transB, transB: true, alpha })
				: matmul(gradient, b, { transB: !transB, alpha }),
		!needs(1)
			? null
			: transB
				? matmul(gradient, a, { transA: true, transB: transA, alpha })
				: matmul(a, gradient, { transA: !transA, alpha }),
	];
};
