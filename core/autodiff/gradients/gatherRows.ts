import { numel } from "../../graph/dims.ts";
import { dimOf } from "../../graph/graph.ts";
import { matmul, oneHot, reshape, scatterRows } from "../../graph/ops/index.ts";
import type { GradientRule } from "../rule.ts";

/** Up to this many rows a one-hot matrix product beats the scatter. */
const ONE_HOT_ROWS = 2048;

/** Each row's gradient is the sum of the gradients of the places that read it. */
export const gatherRowsGradient: GradientRule = ({ input, gradient }) => {
	const [table, ids] = [input(0), input(1)];
	const [rows, width] = [dimOf(table, 0), dimOf(table, 1)];
	const count = numel(ids.shape);
	const flatGradient = reshape(gradient, [count, width]);
	const flatIds = reshape(ids, [count]);
	if (typeof rows === "number" && rows <= ONE_HOT_ROWS) {
		return [matmul(oneHot(flatIds, rows), flatGradient, { transA: true }), null];
	}
	return [scatterRows(flatGradient, flatIds, rows), null];
};
