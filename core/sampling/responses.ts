import { AppError } from "../contract/errors.ts";
import type { ProcessScoresSpec } from "../contract/jobs.ts";
import { loadDataset } from "../datasets/dataset.ts";
import { isCorrect } from "../datasets/outcome.ts";
import { requireClean } from "../datasets/problems.ts";
import type { Example } from "../datasets/types.ts";
import { graders } from "../grading/grader.ts";
import type { DecoderConfig } from "../models/config.ts";
import { encodePrompt } from "../tokenizers/prompt.ts";
import type { Tokenizer } from "../tokenizers/tokenizer.ts";
import { splitSegments } from "./process-scores.ts";
import { checkTokens } from "./prompts.ts";

/** A response whose segments are to be scored. */
export interface Response {
	readonly example: Example;
	readonly promptIndex: number;
	readonly promptKey: string;
	/** Tokens of the prompt. */
	readonly prompt: readonly number[];
	/** Tokens of the response: those that were sampled where the data kept them. */
	readonly tokens: readonly number[];
	readonly segments: readonly string[];
	readonly reference: string;
	readonly correct: boolean;
}

/**
 * The responses of a data set by prompt, in the order in which prompts come; those whose prompt is too long are left out
 * and counted. Throws `data-invalid`, `data-empty`, `config-invalid`, and what reading the file throws.
 */
export async function loadResponses(
	spec: ProcessScoresSpec,
	tokenizer: Tokenizer,
	config: DecoderConfig,
): Promise<{ prompts: Response[][]; dataHash: string; skipped: number }> {
	const { dataPath, columns, task, template, separator, limit } = spec;
	const dataset = await loadDataset(dataPath, { columns });
	requireClean(dataset, spec.invalidRows);
	const examples = dataset.examples.slice(0, limit ?? dataset.examples.length);
	const longest = Math.min(spec.maxPromptTokens, config.maxPosition - 1);
	const prompts = new Map<string, { index: number; tokens: number[]; responses: Response[] }>();
	let skipped = 0;
	for (const example of examples) {
		const { row, promptKey, response, reference } = example;
		if (response === undefined || reference === undefined)
			throw incomplete(dataPath, row, response === undefined);
		let prompt = prompts.get(promptKey);
		if (!prompt) {
			const tokens = encodePrompt(example.prompt, template, tokenizer);
			checkTokens(row, tokens, config.vocabSize);
			prompt = { index: prompts.size, tokens, responses: [] };
			prompts.set(promptKey, prompt);
		}
		if (prompt.tokens.length > longest) {
			skipped++;
			continue;
		}
		const tokens = example.responseTokenIds ?? tokenizer.encode(response);
		checkTokens(row, tokens, config.vocabSize);
		prompt.responses.push({
			example,
			promptIndex: prompt.index,
			promptKey,
			prompt: prompt.tokens,
			tokens,
			segments: splitSegments(response, separator),
			reference,
			correct: isCorrect(example) ?? graders[task].grade(response, reference).correct,
		});
	}
	const kept = [...prompts.values()].flatMap(({ responses }) => (responses.length > 0 ? [responses] : []));
	if (kept.length > 0) return { prompts: kept, dataHash: dataset.contentHash, skipped };
	throw new AppError({
		code: "data-empty",
		message: `${dataPath} has no response to a prompt of ${longest} tokens or fewer.`,
		hint: "Raise the limit on prompt tokens (Longest prompt, --max-prompt-tokens), or use a model that reads longer prompts.",
	});
}

/** Cuts prompts into chunks of at least `wrong` wrong responses, the last one aside. */
export function chunksOf(prompts: readonly Response[][], wrong: number): Response[][][] {
	const chunks: Response[][][] = [];
	let chunk: Response[][] = [];
	let count = 0;
	for (const responses of prompts) {
		chunk.push(responses);
		count += responses.filter(({ correct }) => !correct).length;
		if (count < wrong) continue;
		chunks.push(chunk);
		[chunk, count] = [[], 0];
	}
	if (chunk.length > 0) chunks.push(chunk);
	return chunks;
}

function incomplete(path: string, row: number, noResponse: boolean): AppError {
	return new AppError({
		code: "data-invalid",
		message: `${path}, row ${row}: there is no ${noResponse ? "response" : "reference answer"}.`,
		hint: noResponse
			? "Process scores judge sampled responses: make them with dqo generate."
			: "Completions are compared with an answer: add it to every row.",
	});
}
