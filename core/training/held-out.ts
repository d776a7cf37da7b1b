import type { SampleRow } from "../contract/events.ts";
import { GREEDY_SAMPLING } from "../contract/sampling.ts";
import type { Task } from "../contract/task.ts";
import { graders } from "../grading/grader.ts";
import type { DecoderConfig } from "../models/config.ts";
import type { Tensors } from "../models/network.ts";
import { withSampler } from "../sampling/with-sampler.ts";
import type { Tokenizer } from "../tokenizers/tokenizer.ts";
import type { HeldOutPrompt } from "./prepare.ts";

export interface GreedyOptions {
	readonly task: Task;
	readonly maxNewTokens: number;
	/** CPU threads; 0 takes every core. */
	readonly threads: number;
	/** Called between runs; throws to cancel. */
	readonly onProgress: (done: number, total: number) => Promise<void>;
}

/** Greedy answers of a model to held-out prompts, graded. */
export async function greedyAnswers(
	model: { config: DecoderConfig; tensors: Tensors },
	tokenizer: Tokenizer,
	prompts: readonly HeldOutPrompt[],
	options: GreedyOptions,
): Promise<SampleRow[]> {
	const responses = await withSampler(model, options.threads, (sampler) =>
		sampler.generateAll(
			prompts.map((p) => p.tokens),
			{
				...GREEDY_SAMPLING,
				maxNewTokens: options.maxNewTokens,
				eosIds: tokenizer.eosIds,
				onProgress: ({ responsesDone, responsesTotal }) => options.onProgress(responsesDone, responsesTotal),
			},
		),
	);
	return prompts.map(({ row, text, reference }, i) => {
		const response = tokenizer.decode(responses[i]?.[0]?.tokens ?? []);
		const { correct, extracted } = graders[options.task].grade(response, reference);
		return { row, prompt: text, response, reference, correct, extracted };
	});
}

/**
 * Area under the ROC curve: the probability that a correct response has a higher value than a wrong one, ties counted
 * half. Null unless both kinds are there.
 */
export function auc(scores: readonly { correct: boolean | null; value: number }[]): number | null {
	const known = scores.filter((s) => s.correct !== null).sort((a, b) => a.value - b.value);
	const positives = known.filter((s) => s.correct).length;
	const negatives = known.length - positives;
	if (positives === 0 || negatives === 0) return null;
	let rankSum = 0;
	for (let i = 0; i < known.length; ) {
		let j = i;
		while (j < known.length && known[j]?.value === known[i]?.value) j++;
		const rank = (i + 1 + j) / 2;
		for (; i < j; i++) if (known[i]?.correct) rankSum += rank;
	}
	return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}
