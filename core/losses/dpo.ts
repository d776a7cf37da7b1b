import type { Value } from "../graph/graph.ts";
import { add, exp, log, minimum, mul, neg, reduceSum, splitEvenly, sub } from "../graph/ops/index.ts";
import { type LossSpec, needed } from "./loss.ts";

/**
 * Direct Preference Optimization (Rafailov et al. 2023, eq. 7) on pairs: each group holds the chosen response and then
 * the rejected one. With S the summed log-prob and D = (S_c - S_c,ref) - (S_r - S_r,ref):
 *
 *   L = -(1 - e) log sigmoid(beta D) - e log sigmoid(-beta D)
 *
 * where e is the label smoothing of cDPO, 0 by default. One loss a pair, `[P, 1]`.
 */
export const dpo: LossSpec = {
	rows: "pairs",
	needsReference: true,
	needsValue: false,
	needsBaseline: false,
	reduction: "pair",
	build({ logProbs, mask, referenceLogProbs }, { beta, labelSmoothing }) {
		const reference = needed(referenceLogProbs, "reference log-probs");
		const rewards = reduceSum(mul(sub(logProbs, reference), mask), [2]);
		const [chosen, rejected] = splitEvenly(rewards, 2, 1) as [Value, Value];
		const margin = mul(sub(chosen, rejected), beta);
		const kept = mul(logSigmoid(margin), labelSmoothing - 1);
		const policy = labelSmoothing === 0 ? kept : sub(kept, mul(logSigmoid(neg(margin)), labelSmoothing));
		return { policy, value: null, diagnostics: {} };
	},
};

/** `log sigmoid(x) = min(x, 0) - log(1 + exp(-|x|))`, which neither overflows nor loses small values. */
function logSigmoid(x: Value): Value {
	const low = minimum(x, 0);
	// -|x| = 2 min(x, 0) - x
	const negativeMagnitude = sub(mul(low, 2), x);
	return sub(low, log(add(exp(negativeMagnitude), 1)));
}
