import { isCorrect } from "../datasets/outcome.ts";
import type { Example } from "../datasets/types.ts";
import { encodePrompt } from "../tokenizers/prompt.ts";
import { segmentEnds } from "../tokenizers/segment-ends.ts";
import type { Tokenizer } from "../tokenizers/tokenizer.ts";
import type { TrainingRow } from "./rows.ts";

/** One prompt with one response, as token ids, ready to train on. */
export interface Trajectory {
	/** Row of the data set it came from. */
	readonly row: number;
	readonly promptKey: string;
	readonly prompt: readonly number[];
	/** a_1..a_H; the last is EOS when the response ended by itself. */
	readonly response: readonly number[];
	/** r_h of every response token: the outcome on the last, process rewards on the last token of their segments. */
	readonly rewards: Float32Array;
	/** Whether the response counts as correct in the metrics; null when the data does not say. */
	readonly correct: boolean | null;
	/** log mu of every response token, null when the data carries none. */
	readonly behaviour: Float32Array | null;
	/** Number of the preference pair it belongs to; a pair is a chosen response followed by its rejected one. */
	readonly pair?: number;
}

export interface EncodingOptions {
	template: string;
	maxPromptTokens: number;
	maxResponseTokens: number;
	processRewardScale: number;
}

export interface Encoded {
	readonly trajectories: Trajectory[];
	/** Rows left out because their prompt is too long. */
	readonly longPrompts: number[];
	/** Rows whose response was cut to its first `maxResponseTokens` tokens. */
	readonly cutResponses: number[];
	/** Rows whose behaviour log-probs are not one for each token: the reference stands for them. */
	readonly unusedBehaviour: number[];
}

/** Turns scored or reference responses into trajectories. Examples without a response are left out. */
export function encodeTrajectories(
	examples: readonly TrainingRow[],
	tokenizer: Tokenizer,
	options: EncodingOptions,
): Encoded {
	const trajectories: Trajectory[] = [];
	const longPrompts: number[] = [];
	const cutResponses: number[] = [];
	const unusedBehaviour: number[] = [];
	const prompts = new Map<string, number[]>();
	for (const example of examples) {
		const text = example.response ?? example.reference;
		if (text === undefined) continue;
		let prompt = prompts.get(example.promptKey);
		if (!prompt) {
			prompt = encodePrompt(example.prompt, options.template, tokenizer);
			prompts.set(example.promptKey, prompt);
		}
		if (prompt.length > options.maxPromptTokens) {
			longPrompts.push(example.row);
			continue;
		}
		const whole = responseTokens(example, text, tokenizer);
		const response = whole.slice(0, options.maxResponseTokens);
		if (response.length < whole.length) cutResponses.push(example.row);
		const { behaviourLogprobs } = example;
		const fits = behaviourLogprobs?.length === whole.length;
		if (behaviourLogprobs && !fits) unusedBehaviour.push(example.row);
		trajectories.push({
			row: example.row,
			promptKey: example.promptKey,
			prompt,
			response,
			rewards: tokenRewards(example, response, tokenizer, options.processRewardScale),
			correct: isCorrect(example),
			...(example.pair === undefined ? {} : { pair: example.pair }),
			behaviour: fits ? Float32Array.from(behaviourLogprobs.slice(0, response.length)) : null,
		});
	}
	return { trajectories, longPrompts, cutResponses, unusedBehaviour };
}

/** The tokens that were sampled where the data kept them, else the text's own with an end token. */
function responseTokens(example: Example, text: string, tokenizer: Tokenizer): readonly number[] {
	if (example.responseTokenIds) return example.responseTokenIds;
	const eos = tokenizer.eosIds[0];
	const ids = tokenizer.encode(text);
	return eos === undefined || ids.at(-1) === eos ? ids : [...ids, eos];
}

/** The outcome reward on the last token, plus score / n on the last token of each of n segments. */
function tokenRewards(
	example: Example,
	response: readonly number[],
	tokenizer: Tokenizer,
	processRewardScale: number,
): Float32Array {
	const rewards = new Float32Array(response.length);
	const add = (at: number, reward: number) => {
		rewards[at] = (rewards[at] as number) + reward;
	};
	add(response.length - 1, example.reward ?? (example.label ? 1 : 0));
	const { segments, segmentRewards } = example;
	if (!segments || !segmentRewards || processRewardScale === 0) return rewards;
	for (const [i, end] of segmentEnds(response, segments, tokenizer).entries())
		add(end - 1, (processRewardScale * (segmentRewards[i] ?? 0)) / segments.length);
	return rewards;
}
