import { z } from "zod";

const nullableNumber = z.number().nullable();
/** A number that older runs did not measure; their files read as null. */
const laterNumber = nullableNumber.default(null);

/** What is measured at every optimiser step. `null` means "not defined here" (no such response in the batch, no value function). */
export const stepMetricsSchema = z.strictObject({
	step: z.int().min(1).describe("Optimiser step, from 1, counted over the whole run."),
	epoch: z.number().min(0).describe("Passes over the training data so far, with the fraction."),
	phase: z.enum(["value-warmup", "train"]).describe("In the value warm-up only the value function moves."),
	policyLoss: nullableNumber.describe("Policy loss, mean over trajectories; null in the value warm-up."),
	valueLoss: nullableNumber.describe("Value loss, mean over trajectories; null for methods without one."),
	policyGradNorm: nullableNumber.describe("Policy gradient norm before clipping."),
	valueGradNorm: nullableNumber.describe("Value gradient norm before clipping."),
	lr: z.number().min(0).describe("Policy learning rate of this step."),
	valueLr: nullableNumber.describe("Value learning rate of this step."),
	logRatioCorrect: nullableNumber.describe(
		"Mean summed log(pi / pi_ref) of correct responses; should not turn negative.",
	),
	logRatioWrong: nullableNumber.describe("Mean summed log(pi / pi_ref) of wrong responses."),
	klEstimate: nullableNumber.describe("Estimate of KL(pi_ref, pi) per response, in nats, on the batch."),
	importanceWeightMean: nullableNumber.describe("Mean importance weight w of the batch."),
	importanceWeightClippedShare: nullableNumber.describe(
		"Share of trajectories whose weight is held at e by the cap.",
	),
	importanceWeightP10: laterNumber.describe("10 % of the batch's trajectories have a smaller weight."),
	importanceWeightMedian: laterNumber.describe("Median importance weight of the batch's trajectories."),
	importanceWeightP90: laterNumber.describe("10 % of the batch's trajectories have a larger weight."),
	valueFirst: nullableNumber.describe("Mean V at the first response token."),
	valueLast: nullableNumber.describe("Mean V at the last response token."),
	valueLastCorrect: laterNumber.describe("Mean V at the last token of correct responses."),
	valueLastWrong: laterNumber.describe("Mean V at the last token of wrong responses."),
	valueExplainedVariance: nullableNumber.describe("1 - Var(G - V) / Var(G); 1 is a perfect value function."),
	rewardMean: laterNumber.describe("Mean reward of a response, process rewards added."),
	correctShare: laterNumber.describe("Share of the responses with a verdict that are correct, 0 to 1."),
	lossScale: laterNumber.describe(
		"Factor on the loss in half precision; halved where a step overflowed and was left out. Null in float32 and bfloat16.",
	),
	responseTokens: z.int().min(0).describe("Response tokens in the step."),
	responseTokensPerSecond: z.number().min(0).describe("Response tokens trained per second."),
	deviceInBytes: laterNumber.describe(
		"Bytes handed to sessions in the step; on a GPU they cross the bus to it.",
	),
	deviceOutBytes: laterNumber.describe("Bytes that came back from sessions in the step."),
	memoryBytes: z
		.number()
		.min(0)
		.describe("Memory of the engine process, bytes; what several sessions map counts once."),
	elapsedMs: z.number().min(0).describe("Wall time of the step, pauses not counted, milliseconds."),
});
export type StepMetrics = z.infer<typeof stepMetricsSchema>;
