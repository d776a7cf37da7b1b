import type { RunConfigInput } from "../core/contract/resolve.ts";

/** A model of random weights and the run that is measured on it. */
export interface EstimateCase {
	readonly name: string;
	readonly model: {
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

export const ESTIMATE_CASES: readonly EstimateCase[] = [
	{ name: "starter dqo lora", model: starter, ...short, run: {} },
	{ name: "starter dqo full", model: starter, ...short, run: { adapter: full } },
	{ name: "starter sft lora", model: starter, ...short, run: { method: "sft" } },
	{ name: "starter dpo lora", model: starter, ...short, run: { method: "dpo" } },
	{ name: "mid dqo lora 512", model: mid, ...long, run: { microTokens: 512 } },
	{ name: "mid dqo lora 1024", model: mid, ...long, run: { microTokens: 1024 } },
	{ name: "mid dqo lora recompute", model: mid, ...long, run: { microTokens: 1024, recompute: true } },
	{ name: "mid dqo full 512", model: mid, ...long, run: { microTokens: 512, adapter: full } },
	{ name: "mid dqo lora shared V", model: mid, ...long, run: { microTokens: 512, valueFunction: "shared" } },
	{ name: "mid sft full", model: mid, ...long, run: { microTokens: 512, method: "sft", adapter: full } },
	{ name: "mid dpo lora", model: mid, ...long, run: { microTokens: 512, method: "dpo" } },
	{ name: "wide dqo lora", model: wide, ...short, run: { microTokens: 1024 } },
	{ name: "wide dqo full", model: wide, ...short, run: { microTokens: 512, adapter: full } },
	{ name: "big dqo lora", model: big, ...long, run: { microTokens: 512 } },
];
