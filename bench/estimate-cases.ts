import { type RunConfigInput, resolveRunConfig } from "../core/contract/resolve.ts";
import { parseHfConfig } from "../core/models/config.ts";
import { type Estimate, estimate } from "../core/training/estimate.ts";
import { QWEN2_HALF_B } from "./random-model.ts";

/** A model of random weights and the run that is measured on it. */
export interface EstimateCase {
	readonly name: string;
	/** Peak of the engine process that `npm run bench -- --only estimate` measured, on Linux x64 with two threads. */
	readonly measuredMiB: number;
	/** Gigabytes and minutes. */
	readonly heavy?: true;
	readonly model:
		| "qwen2-0.5b"
		| {
				readonly hidden: number;
				readonly inner: number;
				readonly layers: number;
				readonly heads: number;
				readonly kvHeads: number;
				readonly vocab: number;
		  };
	/** Tokens of every prompt, about, and of every response. */
	readonly promptTokens: number;
	readonly responseTokens: number;
	/** Responses to each prompt. */
	readonly perPrompt: number;
	readonly run: RunConfigInput;
}

const starter = { hidden: 128, inner: 320, layers: 3, heads: 4, kvHeads: 4, vocab: 503 };
const mid = { hidden: 512, inner: 1408, layers: 6, heads: 8, kvHeads: 8, vocab: 8192 };
const wide = { hidden: 256, inner: 704, layers: 4, heads: 4, kvHeads: 2, vocab: 50_000 };
const big = { hidden: 1024, inner: 2816, layers: 8, heads: 16, kvHeads: 4, vocab: 16_384 };
/** SmolLM-135M's shape. */
const deep = { hidden: 576, inner: 1536, layers: 30, heads: 9, kvHeads: 3, vocab: 49_152 };
const short = { promptTokens: 60, responseTokens: 60, perPrompt: 8 };
const long = { promptTokens: 100, responseTokens: 156, perPrompt: 4 };
const full = { type: "full" } as const;

export const ESTIMATE_CASES: readonly EstimateCase[] = [
	{ name: "estimate starter dqo lora", measuredMiB: 314, model: starter, ...short, run: {} },
	{ name: "estimate starter dqo full", measuredMiB: 326, model: starter, ...short, run: { adapter: full } },
	{ name: "estimate starter sft lora", measuredMiB: 244, model: starter, ...short, run: { method: "sft" } },
	{ name: "estimate starter dpo lora", measuredMiB: 280, model: starter, ...short, run: { method: "dpo" } },
	{ name: "estimate mid dqo lora 512", measuredMiB: 1140, model: mid, ...long, run: { microTokens: 512 } },
	{ name: "estimate mid dqo lora 1024", measuredMiB: 1464, model: mid, ...long, run: { microTokens: 1024 } },
	{
		name: "estimate mid dqo lora recompute",
		measuredMiB: 1166,
		model: mid,
		...long,
		run: { microTokens: 1024, recompute: true },
	},
	{
		name: "estimate mid dqo full 512",
		measuredMiB: 1816,
		model: mid,
		...long,
		run: { microTokens: 512, adapter: full },
	},
	{
		name: "estimate mid dqo lora shared V",
		measuredMiB: 939,
		model: mid,
		...long,
		run: { microTokens: 512, valueFunction: "shared" },
	},
	{
		name: "estimate mid sft full",
		measuredMiB: 1125,
		model: mid,
		...long,
		run: { microTokens: 512, method: "sft", adapter: full },
	},
	{
		name: "estimate mid dpo lora",
		measuredMiB: 878,
		model: mid,
		...long,
		run: { microTokens: 512, method: "dpo" },
	},
	{ name: "estimate wide dqo lora", measuredMiB: 1267, model: wide, ...short, run: { microTokens: 1024 } },
	{
		name: "estimate wide dqo full",
		measuredMiB: 1546,
		model: wide,
		...short,
		run: { microTokens: 512, adapter: full },
	},
	{
		name: "estimate qwen2-0.5b dqo lora",
		measuredMiB: 5374,
		heavy: true,
		model: "qwen2-0.5b",
		...{ promptTokens: 60, responseTokens: 100, perPrompt: 4 },
		run: { microTokens: 512, globalBatch: 4, maxSteps: 3, valueWarmupEpochs: 0.2, evalEverySteps: 3 },
	},
	{ name: "estimate deep dqo lora", measuredMiB: 6761, heavy: true, model: deep, ...long, run: {} },
	{
		name: "estimate big dqo lora",
		measuredMiB: 3458,
		heavy: true,
		model: big,
		...long,
		run: { microTokens: 512 },
	},
];

/** Those that `npm run bench` measures; in quick runs one that takes seconds, none where the system does not tell the memory. */
export function estimateCases(options: { quick: boolean; heavy: boolean }): readonly EstimateCase[] {
	if (process.platform !== "linux") return [];
	if (options.quick) return ESTIMATE_CASES.slice(0, 1);
	return ESTIMATE_CASES.filter(({ heavy = false }) => heavy === options.heavy);
}

/** The content of the model's `config.json`. */
export function modelConfig({ model }: EstimateCase): Record<string, unknown> {
	if (model === "qwen2-0.5b") return QWEN2_HALF_B;
	return {
		...{ model_type: "llama", vocab_size: model.vocab, hidden_size: model.hidden, eos_token_id: 1 },
		...{ intermediate_size: model.inner, num_hidden_layers: model.layers, tie_word_embeddings: true },
		...{ num_attention_heads: model.heads, num_key_value_heads: model.kvHeads },
	};
}

/** The settings that all cases share, and a case's own. */
export function settingsOf({ run, responseTokens }: EstimateCase): RunConfigInput {
	return {
		...{ globalBatch: 8, maxSteps: 4, maxResponseTokens: responseTokens, threads: 2, evalEverySteps: 4 },
		...{ evalLimit: 1, checkpointEverySteps: 4, valueWarmupEpochs: 0.5, split: { validation: 0.25 }, ...run },
	};
}

/** Of six prompts, one is held out. */
export const PROMPTS = 6;

/** What the estimator says before the run. */
export function estimateOf(own: EstimateCase): Estimate {
	const run = resolveRunConfig({ modelDir: "m", dataPath: "d", ...settingsOf(own) });
	const { promptTokens, responseTokens } = own;
	const perPrompt = run.method === "dpo" ? own.perPrompt / 2 : own.perPrompt;
	return estimate({
		...{ model: parseHfConfig(modelConfig(own)), run, provider: "cpu", cores: 2 },
		data: {
			...{ items: (PROMPTS - 1) * perPrompt, prompts: PROMPTS - 1 },
			promptTokens: { mean: promptTokens, max: promptTokens },
			responseTokens: { mean: responseTokens, max: responseTokens },
		},
		heldOut: { items: perPrompt, prompts: 1 },
	});
}
