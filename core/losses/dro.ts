import { addDim, type Dim } from "../graph/dims.ts";
import type { Value } from "../graph/graph.ts";
import { mul, reduceSum, reshape, split, square, stopGradient, sub } from "../graph/ops/index.ts";
import { type LossSpec, needed } from "./loss.ts";

/**
 * Direct Reward Optimisation (Richemond et al. 2024), which the DQO paper's eq. 13 gives with the whole response as one
 * action: `(r - V(x) - beta (S - S_ref))^2`, V read at the last prompt token, no importance weight. The policy's term
 * has V stopped, the value function's has the policy stopped. Both for each trajectory, `[P, K]`.
 */
export const dro: LossSpec = {
	rows: "scored",
	needsReference: true,
	needsValue: true,
	needsBaseline: false,
	reduction: "trajectory",
	build(inputs, { beta }) {
		const { logProbs, mask } = inputs;
		const reference = needed(inputs.referenceLogProbs, "reference log-probs");
		const reward = reduceSum(needed(inputs.rewards, "rewards"), [2]);
		const value = firstToken(needed(inputs.values, "values"));
		const logRatio = mul(reduceSum(mul(sub(logProbs, reference), mask), [2]), beta);
		return {
			policy: square(sub(sub(reward, stopGradient(value)), logRatio)),
			value: square(sub(sub(reward, value), stopGradient(logRatio))),
			diagnostics: {},
		};
	},
};

/** `[P, K, T]` to its first step `[P, K]`. */
function firstToken(x: Value): Value {
	const [P, K, T] = x.shape as [Dim, Dim, Dim];
	const [first] = split(x, [1, addDim(T, -1)], 2) as [Value];
	return reshape(first, [P, K]);
}
