import type { SamplingConfig } from "../contract/sampling.ts";

/** One response: the tokens drawn, its end token included where it ended by itself. */
export interface Generated {
	readonly promptIndex: number;
	readonly sampleIndex: number;
	readonly tokens: number[];
	/** log pi(token | prompt, tokens before) under the plain distribution: temperature 1, nothing truncated. */
	readonly logProbs: Float32Array;
	/** Whether it ended with an end token; false when it was cut at the length limit. */
	readonly finished: boolean;
}

export interface GenerationProgress {
	readonly responsesDone: number;
	readonly responsesTotal: number;
	/** Tokens drawn so far, of unfinished responses too. */
	readonly tokens: number;
}

export interface GenerateOptions extends SamplingConfig {
	/** Ids that end a response. */
	readonly eosIds: readonly number[];
	/** Number of each prompt's stream of noise, below 2^32; by default its place in the list. */
	readonly streams?: readonly number[];
	/** Batches in which this holds for every prompt are left out, the others drawn as they would be without it. */
	readonly isDone?: (promptIndex: number) => boolean;
	/** Called after every run (some tens of tokens, one on some devices); generation goes on when what it returns resolves. */
	readonly onProgress?: (progress: GenerationProgress) => void | Promise<void>;
	/** Called after every run with the tokens that a response grew by. */
	readonly onTokens?: (of: Pick<Generated, "promptIndex" | "sampleIndex">, tokens: readonly number[]) => void;
	/** Tokens of a batch's first run at most, so that the first words come soon. Changes when, never what. */
	readonly firstRunTokens?: number;
	/** Asked between runs; true ends generation, and prompts not yet done are left out. */
	readonly shouldStop?: () => boolean;
}
