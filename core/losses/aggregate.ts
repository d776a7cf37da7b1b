import type { Value } from "../graph/graph.ts";
import { mul, sumAll } from "../graph/ops/index.ts";

/**
 * The one place where losses are reduced: `sum(terms * weights)`, a scalar. The weights are 1 / (trajectories or
 * tokens of the whole optimiser step) at real entries and 0 at padding, so that any split of the step into
 * micro-batches adds up to the same loss and the same gradient.
 */
export function aggregate(terms: Value, weights: Value): Value {
	return sumAll(mul(terms, weights));
}
