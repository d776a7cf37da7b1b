import { AppError } from "../contract/errors.ts";
import type { RunConfig } from "../contract/run.ts";
import type { Columns } from "../contract/task.ts";
import { loadDataset } from "../datasets/dataset.ts";
import { formatProblem, requireClean } from "../datasets/problems.ts";
import { splitByPrompt } from "../datasets/split.ts";
import type { Example } from "../datasets/types.ts";
import type { DecoderConfig } from "../models/config.ts";
import { loadModelFolder, type ModelWeights } from "../models/hf/load.ts";
import { encodePrompt } from "../tokenizers/prompt.ts";
import { loadTokenizer, type Tokenizer } from "../tokenizers/tokenizer.ts";
import { fitToContext } from "./fit-to-context.ts";
import { requireRows, selectRows } from "./rows.ts";
import { type Encoded, encodeTrajectories, type Trajectory } from "./trajectories.ts";

/** A held-out prompt whose generated answer can be graded. */
export interface HeldOutPrompt {
	readonly row: number;
	readonly text: string;
	readonly tokens: readonly number[];
	readonly reference: string;
}

/** The data of a run, encoded for its model. */
export interface PreparedData {
	readonly train: readonly Trajectory[];
	readonly heldOut: readonly Trajectory[];
	readonly heldOutPrompts: readonly HeldOutPrompt[];
	/** Rows left out because of a long prompt, and responses cut at the limit. */
	readonly skipped: number;
	readonly cut: number;
	/** What was left out or cut, in words. */
	readonly notes: readonly string[];
}

/** Everything a run reads, checked and encoded before the first step. */
export interface Prepared extends PreparedData {
	readonly model: ModelWeights;
	readonly tokenizer: Tokenizer;
}

/** Loads model, tokenizer and data. Throws AppErrors that name the file, and `data-empty` when nothing is left to train on. */
export async function prepare(config: RunConfig): Promise<Prepared> {
	const model = await loadModelFolder(config.modelDir);
	const tokenizer = await loadTokenizer(config.modelDir);
	return { model, tokenizer, ...(await prepareData(config, model.config, tokenizer)) };
}

/** The part of it that needs no weights. Throws as `prepare` does. */
export async function prepareData(
	config: RunConfig,
	model: DecoderConfig,
	tokenizer: Tokenizer,
): Promise<PreparedData> {
	const limits = fitToContext(config, model.maxPosition);
	const { training, validation, invalid } = await examplesOf(config);
	requireRows(config.method, training, config.dataPath);

	const options = { ...limits, template: config.template, processRewardScale: config.processRewardScale };
	const train = encodeTrajectories(selectRows(config.method, training), tokenizer, options);
	const heldOut = encodeTrajectories(selectRows(config.method, validation), tokenizer, options);
	if (train.trajectories.length === 0) {
		throw new AppError({
			code: "data-empty",
			message: `${config.dataPath} leaves no response to train on after the split and the length limits.`,
			hint: "Check that rows have responses, raise maxPromptTokens, or hold out a smaller share.",
		});
	}
	checkTokens(train.trajectories, model.vocabSize, config.modelDir);
	return {
		train: train.trajectories,
		heldOut: limitPrompts(heldOut.trajectories, config.evalLimit),
		heldOutPrompts:
			config.task === null ? [] : gradable(validation, tokenizer, config, limits.maxPromptTokens),
		skipped: train.longPrompts.length,
		cut: train.cutResponses.length,
		notes: [...invalid, ...notesOf(train, limits)],
	};
}

/** The examples on either side, and what was left out because of errors, in words. */
async function examplesOf(
	config: RunConfig,
): Promise<{ training: Example[]; validation: Example[]; invalid: string[] }> {
	const invalid: string[] = [];
	const load = async (path: string, columns: Columns = {}) => {
		const dataset = await loadDataset(path, { columns });
		requireClean(dataset, config.invalidRows);
		const { errors, list } = dataset.problems;
		const first = list.find(({ severity }) => severity === "error");
		if (first)
			invalid.push(`${errors} errors in ${path}: their rows are left out (first: ${formatProblem(first)})`);
		return dataset.examples;
	};
	const examples = await load(config.dataPath, config.columns);
	const { validation: held, test } = config.split;
	if (config.validationPath !== null) {
		const validation = await load(config.validationPath, config.validationColumns);
		const heldKeys = new Set(validation.map((e) => e.promptKey));
		// A prompt that is held out is never trained on, whatever file it also stands in.
		return { training: examples.filter((e) => !heldKeys.has(e.promptKey)), validation, invalid };
	}
	const split = splitByPrompt(examples, { training: 1 - held - test, validation: held, test }, config.seed);
	return { training: split.training, validation: split.validation, invalid };
}

/** Throws `config-invalid` for a token that the model does not know. */
export function checkTokens(trajectories: readonly Trajectory[], vocabSize: number, modelDir: string): void {
	for (const { prompt, response, row } of trajectories) {
		const bad = [...prompt, ...response].find((id) => id >= vocabSize);
		if (bad === undefined) continue;
		throw new AppError({
			code: "config-invalid",
			message: `Row ${row} has token ${bad}, but the model in ${modelDir} knows only ids below ${vocabSize}.`,
			hint: "The tokenizer and the weights do not belong together: take both from one model folder.",
		});
	}
}

function gradable(
	examples: readonly Example[],
	tokenizer: Tokenizer,
	config: RunConfig,
	maxPromptTokens: number,
): HeldOutPrompt[] {
	const prompts = new Map<string, HeldOutPrompt>();
	for (const { promptKey, prompt, reference, row } of examples) {
		if (reference === undefined || prompts.has(promptKey)) continue;
		if (config.evalLimit !== null && prompts.size >= config.evalLimit) break;
		const tokens = encodePrompt(prompt, config.template, tokenizer);
		if (tokens.length > maxPromptTokens) continue;
		const text = typeof prompt === "string" ? prompt : prompt.map((m) => m.content).join("\n");
		prompts.set(promptKey, { row, text, tokens, reference });
	}
	return [...prompts.values()];
}

function limitPrompts(trajectories: readonly Trajectory[], limit: number | null): Trajectory[] {
	if (limit === null) return [...trajectories];
	const kept = new Set([...new Set(trajectories.map((t) => t.promptKey))].slice(0, limit));
	return trajectories.filter((t) => kept.has(t.promptKey));
}

function notesOf(
	{ longPrompts, cutResponses, unusedBehaviour }: Encoded,
	limits: { maxPromptTokens: number; maxResponseTokens: number },
): string[] {
	const notes: string[] = [];
	const rows = (list: readonly number[]) => `${list.slice(0, 5).join(", ")}${list.length > 5 ? ", …" : ""}`;
	if (longPrompts.length > 0) {
		notes.push(
			`${longPrompts.length} rows left out: prompt over ${limits.maxPromptTokens} tokens (rows ${rows(longPrompts)})`,
		);
	}
	if (cutResponses.length > 0) {
		notes.push(
			`${cutResponses.length} responses cut to ${limits.maxResponseTokens} tokens (rows ${rows(cutResponses)})`,
		);
	}
	if (unusedBehaviour.length > 0) {
		notes.push(
			`${unusedBehaviour.length} rows' behaviour log-probs are not one for each token; the reference's stand for them (rows ${rows(unusedBehaviour)})`,
		);
	}
	return notes;
}
