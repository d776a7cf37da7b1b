import { dimOf } from "../../graph/graph.ts";
import { mul, oneHot, reshape } from "../../graph/ops/index.ts";
import type { GradientRule } from "../rule.ts";

/** x[n, id[n]]: the gradient stands at the picked place, zero elsewhere. */
export const pickGradient: GradientRule = ({ node, input, gradient }) => {
	const columns = dimOf(input(0), 1);
	if (typeof columns !== "number")
		return gradient.graph.fail(`${node.name}: pick needs a static number of columns`);
	const ids = reshape(input(1), [dimOf(input(1), 0)]);
	return [mul(oneHot(ids, columns), gradient), null];
};
