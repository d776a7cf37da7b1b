import { add, mul, reduceSum, sigmoid, sub } from "../graph/ops/index.ts";
import { type LossSpec, needed } from "./loss.ts";

/**
 * Kahneman-Tversky Optimization (Ethayarajh et al. 2024, eq. 8). With rho = S - S_ref of a response and the baseline
 * z0 = max(0, mean of rho over mismatched prompts and responses), no gradient:
 *
 *   desirable:    w_D (1 - sigmoid(beta (rho - z0)))
 *   undesirable:  w_U (1 - sigmoid(beta (z0 - rho)))
 *
 * **Decision**: z0 is estimated over the whole optimiser step and not over each micro-batch, so that the result does
 * not depend on how much fits in memory.
 */
export const kto: LossSpec = {
	rows: "scored",
	needsReference: true,
	needsValue: false,
	needsBaseline: true,
	reduction: "trajectory",
	build(inputs, { beta, desirableWeight, undesirableWeight }) {
		const { logProbs, mask } = inputs;
		const reference = needed(inputs.referenceLogProbs, "reference log-probs");
		const labels = needed(inputs.labels, "labels");
		const baseline = needed(inputs.baseline, "the baseline z0");
		const rho = reduceSum(mul(sub(logProbs, reference), mask), [2]);
		// +1 for desirable and -1 for undesirable turns one formula into the other.
		const sign = sub(mul(labels, 2), 1);
		const weight = add(mul(labels, desirableWeight - undesirableWeight), undesirableWeight);
		const gain = sigmoid(mul(mul(sub(rho, baseline), sign), beta));
		return { policy: mul(sub(1, gain), weight), value: null, diagnostics: {} };
	},
};
