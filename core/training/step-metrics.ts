import { MAX_LOG_WEIGHT } from "../losses/dqo.ts";
import type { MicroBatch } from "./batches.ts";
import type { StepOutputs } from "./step-graph.ts";
import type { Trajectory } from "./trajectories.ts";

/** Running mean that is null until something was added. */
class Mean {
	private sum = 0;
	private count = 0;
	add(x: number): void {
		this.sum += x;
		this.count++;
	}
	get value(): number | null {
		return this.count === 0 ? null : this.sum / this.count;
	}
}

/** Gathers what one optimiser step shows of its trajectories, over all its micro-batches. */
export class StepStatistics {
	policyLoss = 0;
	valueLoss = 0;
	responseTokens = 0;
	private readonly ratioCorrect = new Mean();
	private readonly ratioWrong = new Mean();
	private readonly kl = new Mean();
	private readonly weight = new Mean();
	private readonly weights: number[] = [];
	private readonly clipped = new Mean();
	private readonly first = new Mean();
	private readonly last = new Mean();
	private readonly lastCorrect = new Mean();
	private readonly lastWrong = new Mean();
	private readonly reward = new Mean();
	private readonly correct = new Mean();
	private readonly returns: number[] = [];
	private readonly errors: number[] = [];

	/** `lossWeights` are those that the aggregator used, so the losses shown are the losses trained on. */
	add(
		batch: MicroBatch,
		outputs: StepOutputs,
		lossWeights: Float32Array,
		reference: ((trajectory: Trajectory) => Float32Array) | null,
	): void {
		this.policyLoss += dot(outputs.policyLoss, lossWeights);
		this.valueLoss += dot(outputs.valueLoss, lossWeights);
		batch.slots.forEach((trajectory, slot) => {
			if (!trajectory) return;
			const start = slot * batch.T;
			const length = trajectory.response.length;
			this.responseTokens += length;
			if (trajectory.correct !== null) {
				this.reward.add(trajectory.rewards.reduce((sum, r) => sum + r, 0));
				this.correct.add(trajectory.correct ? 1 : 0);
			}
			if (reference)
				this.addRatio(trajectory, outputs.logp.subarray(start, start + length), reference(trajectory));
			if (outputs.weights) {
				const w = outputs.weights[slot] as number;
				this.weight.add(w);
				this.weights.push(w);
				this.clipped.add(w >= Math.exp(MAX_LOG_WEIGHT) * (1 - 1e-6) ? 1 : 0);
			}
			if (outputs.values && outputs.returns) {
				this.first.add(outputs.values[start] as number);
				const last = outputs.values[start + length - 1] as number;
				this.last.add(last);
				if (trajectory.correct === true) this.lastCorrect.add(last);
				if (trajectory.correct === false) this.lastWrong.add(last);
				for (let t = start; t < start + length; t++) {
					const g = outputs.returns[t] as number;
					this.returns.push(g);
					this.errors.push(g - (outputs.values[t] as number));
				}
			}
		});
	}

	private addRatio(trajectory: Trajectory, logp: Float32Array, reference: Float32Array): void {
		let ratio = 0;
		for (let t = 0; t < logp.length; t++) ratio += (logp[t] as number) - (reference[t] as number);
		if (trajectory.correct === true) this.ratioCorrect.add(ratio);
		if (trajectory.correct === false) this.ratioWrong.add(ratio);
		// The data was drawn from the reference: E_ref[pi/pi_ref - 1 - log(pi/pi_ref)] estimates KL(pi_ref, pi) and never
		// turns negative. The ratio is held where exp would let one response drown the rest.
		this.kl.add(Math.exp(Math.min(ratio, MAX_LOG_WEIGHT)) - 1 - Math.min(ratio, MAX_LOG_WEIGHT));
	}

	get summary() {
		const weights = Float64Array.from(this.weights).sort();
		return {
			logRatioCorrect: this.ratioCorrect.value,
			logRatioWrong: this.ratioWrong.value,
			klEstimate: this.kl.value,
			importanceWeightMean: this.weight.value,
			importanceWeightClippedShare: this.clipped.value,
			importanceWeightP10: quantile(weights, 0.1),
			importanceWeightMedian: quantile(weights, 0.5),
			importanceWeightP90: quantile(weights, 0.9),
			valueFirst: this.first.value,
			valueLast: this.last.value,
			valueLastCorrect: this.lastCorrect.value,
			valueLastWrong: this.lastWrong.value,
			rewardMean: this.reward.value,
			correctShare: this.correct.value,
			valueExplainedVariance: explainedVariance(this.returns, this.errors),
			responseTokens: this.responseTokens,
		};
	}
}

function dot(a: Float32Array | null, b: Float32Array): number {
	let sum = 0;
	if (a) for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
	return sum;
}

/** The quantile of sorted values, between two of them in proportion (as numpy's default); null of none. */
function quantile(sorted: Float64Array, share: number): number | null {
	if (sorted.length === 0) return null;
	const at = share * (sorted.length - 1);
	const [below, above] = [sorted[Math.floor(at)] as number, sorted[Math.ceil(at)] as number];
	return below + (above - below) * (at - Math.floor(at));
}

/** 1 - Var(errors) / Var(returns); null where the returns do not vary. */
function explainedVariance(returns: readonly number[], errors: readonly number[]): number | null {
	const total = variance(returns);
	return total > 0 ? 1 - variance(errors) / total : null;
}

function variance(xs: readonly number[]): number {
	if (xs.length === 0) return 0;
	const mean = xs.reduce((a, b) => a + b, 0) / xs.length;
	return xs.reduce((a, x) => a + (x - mean) ** 2, 0) / xs.length;
}
