import type { SampleRow } from "../contract/events.ts";
import type { Precision } from "../contract/run.ts";
import { GREEDY_SAMPLING } from "../contract/sampling.ts";
import type { Task } from "../contract/task.ts";
import { graders } from "../grading/grader.ts";
import type { DecoderConfig } from "../models/config.ts";
import type { Tensors } from "../models/network.ts";
import { withSampler } from "../sampling/with-sampler.ts";
import type { Tokenizer } from "../tokenizers/tokenizer.ts";
import { groupBy } from "./group-by.ts";
import type { HeldOutPrompt } from "./prepare.ts";

export interface GreedyOptions {
	readonly task: Task;
	readonly maxNewTokens: number;
	/** CPU threads; 0 takes every core. */
	readonly threads: number;
	/** Called between runs; throws to cancel. */
	readonly onProgress: (done: number, total: number) => Promise<void>;
}

/** A graded answer to a held-out prompt, and its tokens. */
export interface GreedyAnswer {
	readonly sample: SampleRow;
	readonly prompt: readonly number[];
	readonly tokens: readonly number[];
}

/** Greedy answers of a model to held-out prompts, graded. */
export async function greedyAnswers(
	model: { config: DecoderConfig; tensors: Tensors; precision: Precision },
	tokenizer: Tokenizer,
	prompts: readonly HeldOutPrompt[],
	options: GreedyOptions,
): Promise<GreedyAnswer[]> {
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
	return prompts.map(({ row, text, tokens: prompt, reference }, i) => {
		const tokens = responses[i]?.[0]?.tokens ?? [];
		const response = tokenizer.decode(tokens);
		const { correct, extracted } = graders[options.task].grade(response, reference);
		return { sample: { row, prompt: text, response, reference, correct, extracted }, prompt, tokens };
	});
}

/** A response's correctness, null where it is not known, and the value it was given. */
interface Scored {
	readonly correct: boolean | null;
	readonly value: number;
}

/**
 * Area under the ROC curve: the probability that a correct response has a higher value than a wrong one, ties counted
 * half. Null unless both kinds are there.
 */
export function auc(scores: readonly Scored[]): number | null {
	return shareInOrder([scores]);
}

/**
 * AUC within prompts: over pairs of a correct and a wrong response to the same prompt, the share in which the correct one
 * has the higher value, ties counted half. That some prompts are easier than others does not raise it. Null without pairs.
 */
export function aucWithin(scores: readonly (Scored & { group: string })[]): number | null {
	return shareInOrder(groupBy(scores, ({ group }) => group).values());
}

function shareInOrder(groups: Iterable<readonly Scored[]>): number | null {
	let [ordered, pairs] = [0, 0];
	for (const group of groups) {
		const counted = pairsInOrder(group);
		ordered += counted.ordered;
		pairs += counted.pairs;
	}
	return pairs === 0 ? null : ordered / pairs;
}

/** Pairs of a correct and a wrong response, and those in order, by the rank sum of the correct ones. */
function pairsInOrder(scores: readonly Scored[]): { ordered: number; pairs: number } {
	const known = scores.filter((s) => s.correct !== null).sort((a, b) => a.value - b.value);
	const positives = known.filter((s) => s.correct).length;
	const negatives = known.length - positives;
	let rankSum = 0;
	for (let i = 0; i < known.length; ) {
		let j = i;
		while (j < known.length && known[j]?.value === known[i]?.value) j++;
		const rank = (i + 1 + j) / 2;
		for (; i < j; i++) if (known[i]?.correct) rankSum += rank;
	}
	return { ordered: rankSum - (positives * (positives + 1)) / 2, pairs: positives * negatives };
}
