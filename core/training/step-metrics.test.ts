import { describe, expect, it } from "vitest";
import { microBatches } from "./batches.ts";
import type { StepOutputs } from "./step-graph.ts";
import { StepStatistics } from "./step-metrics.ts";
import { trajectory } from "./testing/trajectories.ts";
import type { Trajectory } from "./trajectories.ts";

const right = trajectory(0, [1, 5], [10, 11]);
const wrong = trajectory(1, [1, 5], [12], { correct: false });
const unknown = trajectory(2, [1, 5], [13], { correct: null });
/** What is left at padding must not show anywhere. */
const X = 99;

/** One group of three responses and an empty slot: `[P, K, T]` = `[1, 3, 2]`. */
function batchOf(...trajectories: Trajectory[]) {
	const [batch] = microBatches(trajectories, { sharePrompts: true, microTokens: 1000, lengthMultiple: 1 });
	if (!batch) throw new Error("there is a micro-batch");
	return batch;
}

const outputs = (numbers: Partial<Record<keyof StepOutputs, number[]>>): StepOutputs => {
	const floats = (key: keyof StepOutputs) => (numbers[key] ? Float32Array.from(numbers[key]) : null);
	return {
		logp: floats("logp") ?? new Float32Array(),
		policyLoss: floats("policyLoss"),
		valueLoss: floats("valueLoss"),
		values: floats("values"),
		returns: floats("returns"),
		weights: floats("weights"),
		gradients: new Map(),
	};
};

const referenceOf = (numbers: Record<number, number[]>) => (t: Trajectory) =>
	Float32Array.from(numbers[t.row] ?? []);

describe("StepStatistics", () => {
	const statistics = new StepStatistics();
	statistics.add(
		batchOf(right, wrong, unknown),
		outputs({
			logp: [-1, -2, -3, X, -0.5, X],
			policyLoss: [4, 2, 6],
			valueLoss: [1, 1, 4],
			values: [0.5, 0.25, 0, X, 1, X],
			returns: [1, 0.5, 0, X, 1, X],
			weights: [Math.E, 0.5, 1],
		}),
		Float32Array.of(1 / 3, 1 / 3, 1 / 3),
		referenceOf({ 0: [-1.5, -2.5], 1: [-2.5], 2: [-0.5] }),
	);

	it("adds losses up under the aggregator's weights", () => {
		expect(statistics.policyLoss).toBeCloseTo(4, 6);
		expect(statistics.valueLoss).toBeCloseTo(2, 6);
		expect(statistics.summary.responseTokens).toBe(4);
	});

	it("tells the log-ratios of correct from those of wrong responses", () => {
		expect(statistics.summary.logRatioCorrect).toBeCloseTo(1, 6);
		expect(statistics.summary.logRatioWrong).toBeCloseTo(-0.5, 6);
		const kl = (Math.E - 2 + (Math.exp(-0.5) - 0.5) + 0) / 3;
		expect(statistics.summary.klEstimate).toBeCloseTo(kl, 6);
	});

	it("shows the importance weights and how many are capped", () => {
		expect(statistics.summary.importanceWeightMean).toBeCloseTo((Math.E + 1.5) / 3, 6);
		expect(statistics.summary.importanceWeightClippedShare).toBeCloseTo(1 / 3, 12);
		// Of 0.5, 1, e: a fifth of the way from 0.5 to 1, the middle one, and four fifths of the way from 1 to e.
		expect(statistics.summary.importanceWeightP10).toBeCloseTo(0.6, 6);
		expect(statistics.summary.importanceWeightMedian).toBe(1);
		expect(statistics.summary.importanceWeightP90).toBeCloseTo(1 + 0.8 * (Math.E - 1), 6);
	});

	it("shows values at both ends and how much of the returns they explain", () => {
		expect(statistics.summary.valueFirst).toBeCloseTo(1.5 / 3, 6);
		expect(statistics.summary.valueLast).toBeCloseTo(1.25 / 3, 6);
		// Var(G) of 1, 0.5, 0, 1 is 0.171875; Var(G - V) of 0.5, 0.25, 0, 0 is a quarter of it.
		expect(statistics.summary.valueExplainedVariance).toBeCloseTo(0.75, 6);
	});

	it("tells V of correct from V of wrong responses, and how many are right and what they earn", () => {
		expect(statistics.summary).toMatchObject({ valueLastCorrect: 0.25, valueLastWrong: 0 });
		// The response without a verdict counts in neither.
		expect(statistics.summary).toMatchObject({ rewardMean: 0.5, correctShare: 0.5 });
	});

	it("gathers over micro-batches", () => {
		const two = new StepStatistics();
		const weights = Float32Array.of(0.5);
		const part = (logp: number, w: number) =>
			outputs({ logp: [logp], policyLoss: [logp], valueLoss: [1], values: [0], returns: [w], weights: [w] });
		two.add(batchOf(wrong), part(-1, 1), weights, referenceOf({ 1: [-1] }));
		two.add(batchOf(wrong), part(-3, 2), weights, referenceOf({ 1: [-1] }));
		expect(two.policyLoss).toBeCloseTo(-2, 12);
		expect(two.summary).toMatchObject({
			logRatioCorrect: null,
			logRatioWrong: -1,
			importanceWeightMean: 1.5,
			importanceWeightClippedShare: 0,
			responseTokens: 2,
			// Values that are constant explain nothing.
			valueExplainedVariance: 0,
		});
	});

	it("holds the KL estimate of a response where its exponential would drown the rest", () => {
		const far = new StepStatistics();
		const logp = outputs({ logp: [40], policyLoss: [0] });
		far.add(batchOf(wrong), logp, Float32Array.of(1), referenceOf({ 1: [0] }));
		expect(far.summary.klEstimate).toBeCloseTo(Math.E - 2, 6);
		expect(far.summary.logRatioWrong).toBe(40);
	});

	it("has no numbers for what a method does not have", () => {
		const sft = new StepStatistics();
		sft.add(
			batchOf(right, wrong),
			outputs({ logp: [-1, -1, -1, X], policyLoss: [1, 1, 1, 0] }),
			Float32Array.of(0.25, 0.25, 0.25, 0),
			null,
		);
		expect(sft.policyLoss).toBe(0.75);
		expect(sft.summary).toEqual({
			logRatioCorrect: null,
			logRatioWrong: null,
			klEstimate: null,
			importanceWeightMean: null,
			importanceWeightClippedShare: null,
			importanceWeightP10: null,
			importanceWeightMedian: null,
			importanceWeightP90: null,
			valueFirst: null,
			valueLast: null,
			valueLastCorrect: null,
			valueLastWrong: null,
			rewardMean: 0.5,
			correctShare: 0.5,
			valueExplainedVariance: null,
			responseTokens: 3,
		});
	});
});
