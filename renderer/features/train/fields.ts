import type { Method } from "../../../core/contract/run.ts";
import { PROMPT_TEMPLATES } from "../../../core/contract/task.ts";
import { choiceKind, INTEGER, NUMBER, type ValueKind } from "./sweep-text.ts";

export type FieldControl =
	| { type: "number"; integer?: boolean; unit?: string /** An empty field means null. */; optional?: string }
	| { type: "choice"; options: readonly { value: string; label: string }[] }
	| { type: "toggle" }
	| { type: "text" };

/** A setting of a run as the form shows it. */
export interface FormField {
	/** Dotted path in the run configuration. */
	path: string;
	label: string;
	/** Its name where several stand in a line, as in "5 β × 3 learning rates". */
	short?: string;
	/** What happens when it is moved, and the paper's value. */
	help: string;
	control: FieldControl;
	/** Methods that read it; all when left out. */
	methods?: readonly Method[];
}

const VALUED: readonly Method[] = ["dqo", "dro"];
const number = (unit?: string): FieldControl => ({ type: "number", ...(unit ? { unit } : {}) });
const whole = (unit?: string, optional?: string): FieldControl => ({
	...number(unit),
	type: "number",
	integer: true,
	...(optional ? { optional } : {}),
});
const choice = (options: Record<string, string>): FieldControl => ({
	type: "choice",
	options: Object.entries(options).map(([value, label]) => ({ value, label })),
});

/** What is searched most: shown as sweep fields from the start. */
export const SWEPT_FIELDS: readonly FormField[] = [
	{
		path: "beta",
		label: "β, pull to the base model",
		short: "β",
		help: "Higher stays closer to the base model; lower lets the policy move further from it. Paper: 0.03 for DQO and DRO, 0.1 for DPO and KTO.",
		control: number(),
		methods: ["dpo", "kto", "dro", "dqo"],
	},
	{
		path: "lr",
		label: "Learning rate",
		short: "learning rates",
		help: "Higher learns faster and breaks sooner. LoRA wants about ten times the rate of all weights. Paper, all weights: 5e-7 for DQO and DRO, 5e-8 for DPO and KTO, 2e-5 for SFT and RS.",
		control: number(),
	},
	{
		path: "lambda",
		label: "λ, length of return",
		short: "λ",
		help: "1 learns from the reward at the end; lower trusts V's own estimate of the next tokens more. Paper: 1; 0.95 scored 4.3 points below it on GSM8K.",
		control: number(),
		methods: ["dqo"],
	},
];

/** Shown as plain fields. */
export const FIXED_FIELDS: readonly FormField[] = [
	{
		path: "epochs",
		label: "Epochs",
		help: "Passes over the training data. More fits them closer; the best checkpoint is kept. Paper: at most 5, the best after 2 for DQO, after 1 for DRO.",
		control: number(),
	},
	{
		path: "globalBatch",
		label: "Batch",
		help: "Responses that one optimiser step learns from; pairs for DPO. Larger steps are fewer and less noisy. Paper: 256 for DQO and DRO, 64 otherwise.",
		control: whole("responses"),
	},
	{
		path: "maxPromptTokens",
		label: "Prompt limit",
		help: "Longer prompts are left out and counted. Memory grows with the limit.",
		control: whole("tokens"),
	},
	{
		path: "maxResponseTokens",
		label: "Max length",
		help: "Longer responses keep their start and are counted; also the limit when answers are sampled for evaluation. Paper: 512 new tokens.",
		control: whole("tokens"),
	},
];

export const IMPORTANCE: FormField = {
	path: "importanceWeight",
	label: "Importance weight on",
	short: "importance weights",
	help: "Which losses are weighted by how likely the policy would now write the response. Paper: both; off the policy loss it lost 3.8 points.",
	control: choice({ both: "Both", policy: "Policy", value: "Value", neither: "Neither" }),
	methods: ["dqo"],
};

export const VALUE_FUNCTION: FormField = {
	path: "valueFunction",
	label: "Value function",
	short: "value functions",
	help: "Separate: V has its own adapter or copy of the weights. Shared: a head on the policy, which takes far less memory and stops its gradient there. Paper: separate.",
	control: choice({ separate: "Separate", shared: "Shared" }),
	methods: VALUED,
};

export const RANK: FormField = {
	path: "adapter.rank",
	label: "LoRA rank",
	short: "ranks",
	help: "Width of the trained update. Higher can change more and takes more memory. Default 16.",
	control: whole(),
};
export const ALPHA: FormField = {
	path: "adapter.alpha",
	label: "LoRA alpha",
	short: "alphas",
	help: "The update is scaled by alpha / rank; higher acts like a higher learning rate. Default twice the rank.",
	control: number(),
};

/** Everything else, by what it is about. */
export const ADVANCED_GROUPS: readonly { title: string; fields: readonly FormField[] }[] = [
	{
		title: "Data and grading",
		fields: [
			{
				path: "task",
				label: "Grading",
				help: "How an answer is taken out of a response and compared with its reference. Without grading only the held-out loss is measured.",
				control: choice({ gsm8k: "GSM8K", math: "MATH", exact: "Exact text", null: "None" }),
			},
			{
				path: "template",
				label: "Prompt template",
				help: `Text around the problem, {problem} once; the model's chat template comes after. Paper, GSM8K: ${PROMPT_TEMPLATES.gsm8k.replace("\n", " ")}`,
				control: { type: "text" },
			},
			{
				path: "split.validation",
				label: "Validation share",
				help: "Share of the training prompts held out to choose checkpoints, where no held-out problems are given.",
				control: number(),
			},
			{
				path: "split.test",
				label: "Test share",
				help: "Share of the prompts that the run never uses.",
				control: number(),
			},
			{
				path: "processRewardScale",
				label: "Process reward scale",
				short: "process reward scales",
				help: "Multiplies the rewards of single lines before they are added to the reward at the end; 0 leaves them out.",
				control: number(),
				methods: VALUED,
			},
		],
	},
	{
		title: "Loss",
		fields: [
			{
				path: "labelSmoothing",
				label: "Label smoothing",
				short: "label smoothings",
				help: "Share of pairs assumed to be labelled the wrong way round; higher trusts the labels less. Paper: 0.",
				control: number(),
				methods: ["dpo"],
			},
			{
				path: "desirableWeight",
				label: "Weight of correct responses",
				help: "Higher raises correct responses more. Paper: 1.",
				control: number(),
				methods: ["kto"],
			},
			{
				path: "undesirableWeight",
				label: "Weight of wrong responses",
				help: "Higher lowers wrong responses more. Paper: 1.",
				control: number(),
				methods: ["kto"],
			},
		],
	},
	{
		title: "Optimizer",
		fields: [
			{
				path: "valueLr",
				label: "Value learning rate",
				short: "value learning rates",
				help: "V starts from a zero head and wants a far higher rate than the policy. The paper names none.",
				control: number(),
				methods: VALUED,
			},
			{
				path: "valueWarmupEpochs",
				label: "Value warm-up",
				short: "value warm-ups",
				help: "Epochs in which V alone learns, before the policy moves; with 0 the policy first follows a V that knows nothing. The paper names none.",
				control: number("epochs"),
				methods: VALUED,
			},
			{
				path: "schedule",
				label: "Schedule",
				short: "schedules",
				help: "After the warm-up the learning rate is held, or lowered to zero along a cosine.",
				control: choice({ constant: "Constant", cosine: "Cosine" }),
			},
			{
				path: "warmupSteps",
				label: "Warm-up",
				help: "Steps over which learning rates rise from zero. More is gentler at the start.",
				control: whole("steps"),
			},
			{
				path: "weightDecay",
				label: "Weight decay",
				short: "weight decays",
				help: "Higher pulls weights towards zero; norms and biases are exempt.",
				control: number(),
			},
			{
				path: "betas.0",
				label: "Adam β₁",
				help: "Decay of the mean of gradients. Closer to 1 averages over more steps.",
				control: number(),
			},
			{
				path: "betas.1",
				label: "Adam β₂",
				help: "Decay of the mean of squared gradients. Closer to 1 averages over more steps.",
				control: number(),
			},
			{
				path: "eps",
				label: "Adam ε",
				help: "Added to the denominator; higher damps steps of small gradients.",
				control: number(),
			},
			{
				path: "clipNorm",
				label: "Clipping",
				short: "clipping norms",
				help: "Policy gradients are scaled down to this norm. Lower is steadier and slower.",
				control: number(),
			},
			{
				path: "valueClipNorm",
				label: "Value clipping",
				short: "value clipping norms",
				help: "As clipping, for V, whose gradients are far larger.",
				control: number(),
				methods: VALUED,
			},
			{
				path: "seed",
				label: "Seed",
				short: "seeds",
				help: "Of the order, the split and the first adapter. The same seed trains the same run.",
				control: whole(),
			},
		],
	},
	{
		title: "Length and evaluation",
		fields: [
			{
				path: "maxSteps",
				label: "Most steps",
				help: "Stops after this many optimiser steps, value warm-up counted; empty trains all epochs.",
				control: whole("steps", "all epochs"),
			},
			{
				path: "evalEverySteps",
				label: "Evaluate every",
				help: "Steps between held-out evaluations; 0 evaluates at the end of each epoch.",
				control: whole("steps"),
			},
			{
				path: "evalLimit",
				label: "Held-out problems",
				help: "Problems of an evaluation; more make accuracy surer and take longer. Empty takes all.",
				control: whole("problems", "all"),
			},
			{
				path: "checkpointEverySteps",
				label: "Checkpoint every",
				help: "Steps between checkpoints; 0 writes one at each evaluation.",
				control: whole("steps"),
			},
			{
				path: "keepCheckpoints",
				label: "Checkpoints kept",
				help: "The newest ones, besides the best. Each takes disk.",
				control: whole(),
			},
		],
	},
	{
		title: "Speed and memory",
		fields: [
			{
				path: "microTokens",
				label: "Micro-batch",
				help: "Tokens run through the model at once: larger is faster and takes more memory. Never changes the result.",
				control: whole("tokens"),
			},
			{
				path: "sharePrompts",
				label: "Share prompts",
				help: "Computes a prompt once for all its responses in a batch: faster, same result.",
				control: { type: "toggle" },
			},
			{
				path: "recompute",
				label: "Recompute activations",
				help: "About half the memory and 1.4 times the time; same result.",
				control: { type: "toggle" },
			},
			{
				path: "precision",
				label: "Precision",
				help: "Half and bfloat16 are for GPUs: the base model is held and multiplied in them; adapters, loss and optimizer stay float32. bfloat16 never overflows, and needs CUDA. On a CPU both only take longer.",
				control: choice({ f32: "Float32", f16: "Half", bf16: "bfloat16" }),
			},
			{ path: "threads", label: "Threads", help: "CPU threads; 0 takes every core.", control: whole() },
			{
				path: "provider",
				label: "Device",
				help: "What computes. Automatic takes CUDA where it works, else the CPU; the run's log says which and why.",
				control: choice({
					auto: "Automatic",
					cpu: "CPU",
					cuda: "CUDA",
					dml: "DirectML",
					coreml: "Core ML",
					webgpu: "WebGPU",
				}),
			},
		],
	},
];

/** Whether a method reads a field. */
export function readsField(method: Method, { methods }: FormField): boolean {
	return methods === undefined || methods.includes(method);
}

const ALL: readonly FormField[] = [
	...SWEPT_FIELDS,
	...FIXED_FIELDS,
	IMPORTANCE,
	VALUE_FUNCTION,
	RANK,
	ALPHA,
	...ADVANCED_GROUPS.flatMap(({ fields }) => fields),
];

export function fieldAt(path: string): FormField | undefined {
	return ALL.find((field) => field.path === path);
}

/** Fields beyond the three that a sweep may vary: what changes the result, and nothing that must be one for all runs. */
export const SWEEPABLE: readonly FormField[] = ALL.filter(
	({ path, short }) =>
		!SWEPT_FIELDS.some((field) => field.path === path) &&
		(short !== undefined || ["epochs", "globalBatch", "warmupSteps"].includes(path)),
);

/** How values of a field are written in a sweep field. */
export function kindOf({ control }: FormField): ValueKind {
	if (control.type === "choice") return choiceKind(control.options.map(({ value }) => value));
	if (control.type === "toggle") return choiceKind([true, false]);
	return control.type === "number" && control.integer ? INTEGER : NUMBER;
}
