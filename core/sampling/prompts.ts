import { AppError } from "../contract/errors.ts";
import type { Columns, InvalidRows, Task } from "../contract/task.ts";
import { loadDataset } from "../datasets/dataset.ts";
import { requireClean } from "../datasets/problems.ts";
import type { Example, Prompt } from "../datasets/types.ts";
import type { DecoderConfig } from "../models/config.ts";
import { encodePrompt } from "../tokenizers/prompt.ts";
import type { Tokenizer } from "../tokenizers/tokenizer.ts";

/** A prompt of a data set, ready to be answered. */
export interface EncodedPrompt {
	readonly row: number;
	/** As it stands in the data, without template. */
	readonly prompt: Prompt;
	readonly tokens: readonly number[];
	readonly reference: string | null;
}

export interface PromptOptions {
	readonly dataPath: string;
	/** The file's column names to those of a known form. */
	readonly columns?: Columns;
	readonly template: string;
	/** When set, every prompt needs a reference to grade against. */
	readonly task: Task | null;
	readonly maxPromptTokens: number;
	readonly limit: number | null;
	readonly invalidRows?: InvalidRows | undefined;
}

/**
 * The distinct prompts of a data set, the first `limit` of them, and how many were left out as too long.
 * Throws `data-invalid`, `data-empty`, `config-invalid` for a tokenizer of another model, and what reading the file throws.
 */
export async function loadPrompts(
	options: PromptOptions,
	tokenizer: Tokenizer,
	config: DecoderConfig,
): Promise<{ prompts: EncodedPrompt[]; skipped: number }> {
	const { dataPath, template, task, limit } = options;
	const dataset = await loadDataset(dataPath, { columns: options.columns });
	requireClean(dataset, options.invalidRows);
	const distinct = new Map<string, Example>();
	for (const example of dataset.examples) {
		if (!distinct.has(example.promptKey)) distinct.set(example.promptKey, example);
	}
	const examples = [...distinct.values()].slice(0, limit ?? distinct.size);
	if (task !== null) requireReferences(examples, dataPath);
	// One position is left for the response.
	const longest = Math.min(options.maxPromptTokens, config.maxPosition - 1);
	const all = examples.map(({ row, prompt, reference }) => ({
		row,
		prompt,
		tokens: encodePrompt(prompt, template, tokenizer),
		reference: reference ?? null,
	}));
	const prompts = all.filter(({ tokens }) => tokens.length <= longest);
	if (prompts.length === 0) {
		throw new AppError({
			code: "data-empty",
			message: `${dataPath} has no prompt of ${longest} tokens or fewer.`,
			hint: "Raise the limit on prompt tokens (Longest prompt, --max-prompt-tokens), or use a model that reads longer prompts.",
		});
	}
	for (const { row, tokens } of prompts) checkTokens(row, tokens, config.vocabSize);
	return { prompts, skipped: all.length - prompts.length };
}

function requireReferences(examples: readonly Example[], path: string): void {
	const bare = examples.filter(({ reference }) => reference === undefined);
	if (bare.length === 0) return;
	throw new AppError({
		code: "data-invalid",
		message: `${path}: ${bare.length} of ${examples.length} prompts have no reference answer, the first in row ${bare[0]?.row}.`,
		hint: "Grading needs an answer to compare with: add it, or leave the task out.",
	});
}

/** Throws `config-invalid` for tokens of a row that the model does not know, or none. */
export function checkTokens(row: number, tokens: readonly number[], vocabSize: number): void {
	const bad = tokens.find((id) => id >= vocabSize);
	if (bad === undefined && tokens.length > 0) return;
	throw new AppError({
		code: "config-invalid",
		message:
			bad === undefined
				? `Row ${row} has no tokens.`
				: `Row ${row} has token ${bad}, but the model knows only ids below ${vocabSize}.`,
		hint: "The tokenizer and the weights do not belong together: take both from one model folder.",
	});
}

/** A prompt as one text, for showing. */
export function promptText(prompt: Prompt): string {
	return typeof prompt === "string" ? prompt : prompt.map(({ content }) => content).join("\n");
}
