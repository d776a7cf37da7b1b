import { z } from "zod";
import { providerChoiceSchema } from "./provider.ts";
import { columnsSchema, invalidRowsSchema, taskSchema, templateSchema } from "./task.ts";

export const RUN_SCHEMA_VERSION = 1;

/** The training methods; every table over methods is an exhaustive record of these. */
export const METHODS = ["sft", "rs", "dpo", "kto", "dro", "dqo"] as const;
export const methodSchema = z.enum(METHODS);
export type Method = z.infer<typeof methodSchema>;

const count = z.int().min(1);
const rate = z.number().min(0);

/** How the base model is held and multiplied. */
export const PRECISIONS = ["f32", "f16", "bf16"] as const;
export const precisionSchema = z.enum(PRECISIONS);
export type Precision = z.infer<typeof precisionSchema>;

export const adapterSchema = z.discriminatedUnion("type", [
	z.strictObject({
		type: z.literal("lora"),
		rank: count.max(1024).describe("LoRA rank: width of the trained low-rank update."),
		alpha: z.number().positive().describe("LoRA alpha: the update is scaled by alpha / rank."),
	}),
	z.strictObject({ type: z.literal("full") }),
]);
export type Adapter = z.infer<typeof adapterSchema>;

/** A whole run configuration, every field resolved; this is what `run.json` holds. */
export const runConfigSchema = z.strictObject({
	schemaVersion: z.literal(RUN_SCHEMA_VERSION).describe("Version of this form."),
	method: methodSchema.describe(
		"sft: imitate the responses. rs: imitate the correct ones. dpo: prefer chosen over rejected. kto: raise desirable, lower undesirable. dro: learn from a score per response. dqo: learn from scored responses token by token (Direct Q-function Optimization).",
	),
	modelDir: z
		.string()
		.min(1)
		.describe("Folder of the model to start from, in the Hugging Face layout; also the reference policy."),
	dataPath: z.string().min(1).describe("Training data file."),
	columns: columnsSchema.describe(
		"The training file's column names to those of a known form; empty when they are.",
	),
	invalidRows: invalidRowsSchema
		.default("refuse")
		.describe(
			"What is done where rows of the data have errors. refuse: nothing starts. skip: they are left out and counted.",
		),
	validationPath: z
		.string()
		.min(1)
		.nullable()
		.describe("Held-out data file; null takes the validation share of the training data, split by prompt."),
	validationColumns: columnsSchema
		.default({})
		.describe("The held-out file's column names to those of a known form; empty when they are."),
	task: taskSchema
		.nullable()
		.describe("How generated answers are graded; null measures the held-out loss only."),
	template: templateSchema.describe(
		"Prompt template holding {problem} once; the model's chat template is applied after it.",
	),
	split: z
		.strictObject({
			validation: z.number().min(0).max(0.9).describe("Share of prompts held out to choose checkpoints."),
			test: z.number().min(0).max(0.9).describe("Share of prompts never used by the run."),
		})
		.describe("How prompts are divided; the rest is trained on. All responses of a prompt fall on one side."),
	seed: z.int().min(0).max(0xffff_ffff).describe("Seed of the order, the split and the initial adapter."),

	beta: z
		.number()
		.positive()
		.describe("KL strength: larger stays closer to the reference. AdamW cancels its overall scale."),
	lambda: z
		.number()
		.min(0)
		.max(1)
		.describe("Lambda-return mixing: 1 is the full return, 0 is one-step bootstrapping."),
	importanceWeight: z
		.enum(["both", "policy", "value", "neither"])
		.describe("Which losses the trajectory importance weight multiplies."),
	processRewardScale: rate.describe(
		"Multiplies per-segment rewards before they are added to the outcome reward.",
	),
	labelSmoothing: z
		.number()
		.min(0)
		.max(0.5)
		.describe("DPO: share of pairs assumed to be labelled the wrong way round (cDPO)."),
	desirableWeight: z.number().positive().describe("KTO: weight of correct responses."),
	undesirableWeight: z.number().positive().describe("KTO: weight of wrong responses."),
	valueFunction: z
		.enum(["separate", "shared"])
		.describe(
			"separate: V has its own adapter or copy. shared: a scalar head on the policy's hidden state, gradient stopped.",
		),

	adapter: adapterSchema.describe(
		"What is trained: low-rank adapters on all linear layers, or every weight.",
	),
	lr: rate.describe("Peak policy learning rate. LoRA wants about ten times the rate of full fine-tuning."),
	valueLr: rate.describe(
		"Peak value learning rate; V starts from a zero head and wants a much higher rate than the policy.",
	),
	schedule: z
		.enum(["constant", "cosine"])
		.describe("Learning rate after the warm-up: held, or lowered to zero along a cosine."),
	warmupSteps: z.int().min(0).describe("Steps over which learning rates rise linearly from zero."),
	weightDecay: rate.describe("Decoupled weight decay of AdamW; norms and biases are exempt."),
	betas: z
		.tuple([z.number().min(0).lt(1), z.number().min(0).lt(1)])
		.describe("AdamW decay rates of the first and second moment."),
	eps: z.number().positive().describe("AdamW denominator offset."),
	clipNorm: z.number().positive().describe("Policy gradients are scaled down to this norm."),
	valueClipNorm: z
		.number()
		.positive()
		.describe("Value gradients are scaled down to this norm; they are naturally far larger."),
	valueWarmupEpochs: rate.describe(
		"Epochs in which only the value function learns, before the policy moves.",
	),
	epochs: z.number().positive().describe("Passes over the training data, the value warm-up not counted."),
	maxSteps: count
		.nullable()
		.describe("Stop after this many optimiser steps, the value warm-up counted; null runs all epochs."),
	globalBatch: count.describe("Trajectories per optimiser step; pairs where the method is DPO."),
	microTokens: count.describe(
		"Padded tokens run through the model at once: larger is faster and takes more memory. Never changes the result.",
	),
	sharePrompts: z
		.boolean()
		.describe("Compute a prompt once for all its responses in a batch. Changes speed, not the result."),
	recompute: z
		.boolean()
		.describe("Recompute activations in the backward pass: about half the memory, 1.4 times the time."),
	maxPromptTokens: count.describe("Longer prompts are left out and reported."),
	maxResponseTokens: count.describe(
		"Longer responses keep their start and are reported; also the limit when evaluating.",
	),
	evalEverySteps: z
		.int()
		.min(0)
		.describe("Steps between held-out evaluations; 0 evaluates at the end of each epoch."),
	evalLimit: count.nullable().describe("Held-out prompts per evaluation; null takes all."),
	checkpointEverySteps: z
		.int()
		.min(0)
		.describe("Steps between checkpoints; 0 writes one at each evaluation."),
	keepCheckpoints: count.describe("Newest checkpoints kept, besides the best one."),
	precision: precisionSchema
		.default("f32")
		.describe(
			"f32: float32 throughout. f16 and bf16, for GPUs: the base is held and multiplied in half precision or bfloat16; adapters, norms, softmax, loss and optimizer stay float32. bf16 has float32's range and fewer digits; CUDA has it. On a CPU both only take longer.",
		),
	threads: z.int().min(0).describe("CPU threads; 0 takes every core."),
	provider: providerChoiceSchema
		.default("cpu")
		.describe("What computes. auto: CUDA where it works, else the CPU; the run's log says which and why."),
});
export type RunConfig = z.infer<typeof runConfigSchema>;
