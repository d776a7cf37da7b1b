import type { RunConfigInput } from "../core/contract/resolve.ts";
import { QWEN2_HALF_B } from "./random-model.ts";

/** A model of random weights and the run that is measured on it. */
export interface EstimateCase {
	readonly name: string;
	/** Peak of the engine process that `bench/estimate.ts` measured, on Linux x64 with two threads. */
	readonly measuredMiB: number;
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
const short = { promptTokens: 60, responseTokens: 60, perPrompt: 8 };
const long = { promptTokens: 100, responseTokens: 156, perPrompt: 4 };
const full = { type: "full" } as const;

/** The last one was measured after the estimator was fitted to the others. */
export const ESTIMATE_CASES: readonly EstimateCase[] = [
	{ name: "starter dqo lora", measuredMiB: 294, model: starter, ...short, run: {} },
	{ name: "starter dqo full", measuredMiB: 287, model: starter, ...short, run: { adapter: full } },
	{ name: "starter sft lora", measuredMiB: 238, model: starter, ...short, run: { method: "sft" } },
	{ name: "starter dpo lora", measuredMiB: 257, model: starter, ...short, run: { method: "dpo" } },
	{ name: "mid dqo lora 512", measuredMiB: 1405, model: mid, ...long, run: { microTokens: 512 } },
	{ name: "mid dqo lora 1024", measuredMiB: 1685, model: mid, ...long, run: { microTokens: 1024 } },
	{
		name: "mid dqo lora recompute",
		measuredMiB: 1316,
		model: mid,
		...long,
		run: { microTokens: 1024, recompute: true },
	},
	{
		name: "mid dqo full 512",
		measuredMiB: 1817,
		model: mid,
		...long,
		run: { microTokens: 512, adapter: full },
	},
	{
		name: "mid dqo lora shared V",
		measuredMiB: 1148,
		model: mid,
		...long,
		run: { microTokens: 512, valueFunction: "shared" },
	},
	{
		name: "mid sft full",
		measuredMiB: 1013,
		model: mid,
		...long,
		run: { microTokens: 512, method: "sft", adapter: full },
	},
	{ name: "mid dpo lora", measuredMiB: 1020, model: mid, ...long, run: { microTokens: 512, method: "dpo" } },
	{ name: "wide dqo lora", measuredMiB: 1373, model: wide, ...short, run: { microTokens: 1024 } },
	{
		name: "wide dqo full",
		measuredMiB: 1493,
		model: wide,
		...short,
		run: { microTokens: 512, adapter: full },
	},
	{
		name: "qwen2-0.5b dqo lora",
		measuredMiB: 5488,
		model: "qwen2-0.5b",
		...{ promptTokens: 60, responseTokens: 100, perPrompt: 4 },
		run: { microTokens: 512, globalBatch: 4, maxSteps: 3, valueWarmupEpochs: 0.2, evalEverySteps: 3 },
	},
	{ name: "big dqo lora", measuredMiB: 4916, model: big, ...long, run: { microTokens: 512 } },
];

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
