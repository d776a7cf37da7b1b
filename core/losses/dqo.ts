import { type Dim, mulDim } from "../graph/dims.ts";
import { dimOf, type Value } from "../graph/graph.ts";
import {
	add,
	cast,
	exp,
	greaterOrEqual,
	matmul,
	minimum,
	mul,
	pow,
	range,
	reduceSum,
	reshape,
	shift,
	square,
	stopGradient,
	sub,
} from "../graph/ops/index.ts";
import { type LossSpec, needed } from "./loss.ts";

/** Cap on the summed log importance ratio: w <= e (eq. 16). */
export const MAX_LOG_WEIGHT = 1;

/**
 * Direct Q-function Optimization, equations 10 to 16 of the paper. With sg(.) for "no gradient":
 *
 *   rho_h = beta (log pi_ref - sg log pi) + r_h
 *   G_h   = rho_h + (1 - lambda) sg V(s_{h+1}) + lambda G_{h+1},   G_{H+1} = V(s_{H+1}) = 0
 *   w     = sg exp(min(1, sum_h (log pi - log mu)))
 *   L_V   = w sum_h (sg G_h - V(s_h))^2
 *   L_pi  = w sum_h (beta log(pi / pi_ref) - (r_h + sg G_{h+1} - sg V(s_h)))^2
 *
 * Both are returned for each trajectory. The recursion is the standard normalised lambda-return; the sum printed in
 * the paper leaves out the last term's weight lambda^(H-h), and the two agree at lambda = 1. The policy moves by L_pi
 * alone and the value function by L_V alone, which is what the bars in the paper's equations mean.
 */
export const dqo: LossSpec = {
	rows: "scored",
	needsReference: true,
	needsValue: true,
	needsBaseline: false,
	reduction: "trajectory",
	build(inputs, { beta, lambda, importanceWeight }) {
		const { logProbs, mask } = inputs;
		const reference = needed(inputs.referenceLogProbs, "reference log-probs");
		const behaviour = needed(inputs.behaviourLogProbs, "behaviour log-probs");
		const rewards = needed(inputs.rewards, "rewards");
		const values = mul(needed(inputs.values, "values"), mask);
		const fixedValues = stopGradient(values);

		const logRatio = mul(sub(logProbs, reference), mask);
		const rho = add(mul(stopGradient(logRatio), -beta), rewards);
		const bootstrapped = lambda === 1 ? rho : add(rho, mul(shift(fixedValues, 1), 1 - lambda));
		const returns = stopGradient(discountedSuffixSum(bootstrapped, lambda));

		const logWeight = reduceSum(mul(sub(logProbs, behaviour), mask), [2]);
		const weight = stopGradient(exp(minimum(logWeight, MAX_LOG_WEIGHT)));
		const weighted = (losses: Value, on: "policy" | "value") =>
			importanceWeight === "both" || importanceWeight === on ? mul(losses, weight) : losses;

		const target = add(rewards, sub(shift(returns, 1), fixedValues));
		const policyResidual = mul(sub(mul(logRatio, beta), target), mask);
		const valueResidual = mul(sub(returns, values), mask);
		return {
			policy: weighted(reduceSum(square(policyResidual), [2]), "policy"),
			value: weighted(reduceSum(square(valueResidual), [2]), "value"),
			diagnostics: { returns, weights: weight },
		};
	},
};

/** `out_h = sum over k >= h of lambda^(k-h) x_k` along the last axis of `[P, K, T]`, one product with a triangle. */
function discountedSuffixSum(x: Value, lambda: number): Value {
	const { graph } = x;
	const [P, K, T] = x.shape as [Dim, Dim, Dim];
	const steps = cast(range(graph, dimOf(x, 2)), "f32");
	const later = reshape(steps, [1, T, 1]); // k
	const now = reshape(steps, [1, 1, T]); // h
	const triangle = cast(greaterOrEqual(later, now), "f32");
	// Outside the triangle the exponent would be negative; it is held at 0 there and masked.
	const powers = lambda === 1 ? triangle : mul(pow(lambda, mul(sub(later, now), triangle)), triangle);
	const rows = reshape(x, [1, mulDim(P, K), T]);
	return reshape(matmul(rows, powers), x.shape);
}
