import type { Message } from "../tokenizers/message.ts";
import { canonicalJson } from "./json.ts";
import type { RowReader } from "./row-reader.ts";
import type { DatasetKind, Example, Prompt, Row } from "./types.ts";

/** An example before the loader adds where it came from; fields that failed to read are undefined. */
type Draft = Omit<Example, "row" | "prompt" | "promptKey"> & { prompt: Prompt | undefined };

interface Form {
	/** Whether rows with these columns are of this kind. */
	fits(has: (...names: string[]) => boolean, sample: readonly Row[]): boolean;
	read(row: RowReader): Draft[];
}

const RESPONSE = ["completion", "response"];
const REFERENCE = ["reference", "answer", "ground_truth"];

function optional<T>(row: RowReader, names: string[], read: (column: string) => T): T | undefined {
	const column = row.find(...names);
	return column === undefined ? undefined : read(column);
}

function needed<T>(row: RowReader, names: string[], read: (column: string) => T): T | undefined {
	const column = row.need(...names);
	return column === undefined ? undefined : read(column);
}

const promptOf = (row: RowReader, ...names: string[]): Prompt | undefined =>
	needed(row, names.length === 0 ? ["prompt"] : names, (column) => row.prompt(column));

/** A response; one whose tokens are given may be empty, as when the model ended at once. */
const responseOf = (row: RowReader, names = RESPONSE, tokenIds = "response_token_ids"): string | undefined =>
	needed(row, names, (column) => (row.row[column] === "" && row.find(tokenIds) ? "" : row.response(column)));

/** The tokens of a response as they were drawn. */
function tokenIdsOf(row: RowReader, name: string): number[] | undefined {
	const ids = optional(row, [name], (column) =>
		row.listOf(column, (item) => {
			if (typeof item === "number" && Number.isInteger(item) && item >= 0) return item;
			row.fail(column, "wrong-type", "Expected a list of token ids.");
			return undefined;
		}),
	);
	if (ids?.length === 0) row.fail(name, "empty-response", "The list of token ids is empty.");
	return ids;
}

/** Tokens and log-probs of a sampled response, one log-prob per token. */
function sampledOf(row: RowReader): Pick<Example, "responseTokenIds" | "behaviourLogprobs"> {
	const behaviourLogprobs = logprobs(row);
	const responseTokenIds = tokenIdsOf(row, "response_token_ids");
	if (behaviourLogprobs !== undefined)
		sameLength(row, "behaviour_logprobs", behaviourLogprobs, responseTokenIds ?? behaviourLogprobs);
	return { responseTokenIds, behaviourLogprobs };
}

const referenceOf = (row: RowReader): string | undefined =>
	optional(row, REFERENCE, (column) => row.text(column));

/** Reward and label of a trajectory: a label without a reward counts as 1 or 0. */
function outcomeOf(row: RowReader): Pick<Example, "reward" | "label"> {
	const label = optional(row, ["label"], (column) => row.label(column));
	const reward = optional(row, ["reward"], (column) => row.number(column));
	return { label, reward: reward ?? (label === undefined ? undefined : Number(label)) };
}

function sameLength(
	row: RowReader,
	column: string,
	list: unknown[] | undefined,
	steps: unknown[] | undefined,
): void {
	if (list === undefined || steps === undefined || list.length === steps.length) return;
	row.fail(column, "length-mismatch", `There are ${list.length} entries for ${steps.length} steps.`);
}

function texts(row: RowReader, column: string): string[] | undefined {
	return row.listOf(column, (item) => {
		if (typeof item === "string") return item;
		row.fail(column, "wrong-type", "Expected a list of texts.");
		return undefined;
	});
}

function logprobs(row: RowReader): number[] | undefined {
	return optional(row, ["behaviour_logprobs"], (column) =>
		row.listOf(column, (item) => {
			const value = row.number(column, item);
			if (value === undefined || value <= 0) return value;
			row.fail(column, "positive-logprob", `The log-probability ${value} is above 0.`);
			return undefined;
		}),
	);
}

/** A conversation cut before its last message, which must be the assistant's. */
function conversation(row: RowReader, column: string, messages: Message[] | undefined): Draft {
	const last = messages?.at(-1);
	if (messages === undefined || last === undefined) return { prompt: undefined };
	if (last.role !== "assistant" || messages.length < 2 || last.content.trim() === "") {
		row.fail(
			column,
			"unfit-conversation",
			"The last message is not a reply of the assistant with text in it.",
		);
	}
	return { prompt: messages.slice(0, -1), response: last.content };
}

const isOutput = (value: unknown): value is Record<string, unknown> =>
	typeof value === "object" && value !== null && "solution" in value && "is_correct" in value;

function readModelOutputs(row: RowReader): Draft[] {
	const prompt = promptOf(row, "question");
	const reference = needed(row, ["ground_truth"], (column) => row.text(column));
	const outputs = Object.entries(row.row).filter(([, value]) => isOutput(value));
	if (outputs.length === 0)
		row.fail(null, "missing-field", 'No column holds {"solution": ..., "is_correct": ...}.');
	return outputs.map(([source, value]) => {
		const { solution, is_correct } = value as Record<string, unknown>;
		const label = row.label(source, is_correct);
		if (typeof solution !== "string") row.fail(source, "wrong-type", "The solution is not text.");
		else if (solution.trim() === "") row.fail(source, "empty-response", "The solution is empty.");
		return { prompt, reference, response: String(solution), label, reward: Number(label), source };
	});
}

function readStepwise(row: RowReader): Draft[] {
	const prompt = promptOf(row);
	const steps = needed(row, ["completions"], (column) => texts(row, column));
	if (steps?.length === 0) row.fail("completions", "empty-response", "The list of steps is empty.");
	const segmentRewards = needed(row, ["labels"], (column) =>
		row.listOf(column, (item) => {
			const label = row.label(column, item);
			return label === undefined ? undefined : Number(label);
		}),
	);
	sameLength(row, "labels", segmentRewards, steps);
	// Steps are lines of the response; the line break belongs to the step that it ends.
	const segments = steps?.map((step, i) =>
		i === steps.length - 1 || step.endsWith("\n") ? step : `${step}\n`,
	);
	const response = segments?.join("");
	return [{ prompt, reference: referenceOf(row), response, segments, segmentRewards, ...outcomeOf(row) }];
}

function readPreference(row: RowReader): Draft[] {
	const isChat = ["chosen", "rejected"].every((column) => Array.isArray(row.row[column]));
	if (row.find("prompt") === undefined && isChat) {
		const good = conversation(row, "chosen", row.messages("chosen"));
		const poor = conversation(row, "rejected", row.messages("rejected"));
		if (canonicalJson(good.prompt) !== canonicalJson(poor.prompt)) {
			row.fail(
				"rejected",
				"unfit-conversation",
				"Both conversations must be the same up to the last message.",
			);
		}
		return [{ prompt: good.prompt, chosen: good.response, rejected: poor.response }];
	}
	const chosenTokenIds = tokenIdsOf(row, "chosen_token_ids");
	const rejectedTokenIds = tokenIdsOf(row, "rejected_token_ids");
	const chosen = responseOf(row, ["chosen"], "chosen_token_ids");
	const rejected = responseOf(row, ["rejected"], "rejected_token_ids");
	const prompt = promptOf(row);
	return [{ prompt, chosen, rejected, reference: referenceOf(row), chosenTokenIds, rejectedTokenIds }];
}

function readScored(row: RowReader): Draft[] {
	const prompt = promptOf(row);
	const response = responseOf(row);
	const outcome = outcomeOf(row);
	if (row.find("reward", "label") === undefined) {
		row.fail("reward", "missing-field", 'There is no value for "reward" or "label".');
	}
	const segments = optional(row, ["segments"], (column) => texts(row, column));
	const segmentRewards = optional(row, ["segment_rewards"], (column) =>
		row.listOf(column, (item) => row.number(column, item)),
	);
	if (segmentRewards !== undefined) sameLength(row, "segment_rewards", segmentRewards, segments ?? []);
	if (segments !== undefined && response !== undefined && segments.join("") !== response) {
		row.fail("segments", "length-mismatch", "The segments put together are not the response.");
	}
	const source = optional(row, ["source"], (column) => row.text(column));
	const scores = { segments, segmentRewards, ...sampledOf(row) };
	return [{ prompt, response, reference: referenceOf(row), source, ...outcome, ...scores }];
}

function readShareGpt(row: RowReader): Draft[] {
	const roles: Record<string, string> = { human: "user", gpt: "assistant", system: "system", tool: "tool" };
	const turns = needed(row, ["conversations"], (column) => row.list(column));
	const renamed = turns?.map((turn) => {
		const { from, value } = (turn ?? {}) as { from?: string; value?: unknown };
		return { role: from === undefined ? undefined : (roles[from] ?? from), content: value };
	});
	const messages = renamed === undefined ? undefined : row.messages("conversations", renamed);
	const label = optional(row, ["kto_tag"], (column) => row.label(column));
	const outcome = label === undefined ? {} : { label, reward: Number(label) };
	return [{ ...conversation(row, "conversations", messages), ...outcome }];
}

function readAlpaca(row: RowReader): Draft[] {
	const instruction = needed(row, ["instruction"], (column) => row.filled(column, "empty-prompt"));
	const input = optional(row, ["input"], (column) => row.text(column));
	const response = needed(row, ["output"], (column) => row.response(column));
	const system = optional(row, ["system"], (column) => row.text(column));
	const history = optional(row, ["history"], (column) =>
		row.listOf(column, (turn): Message[] | undefined => {
			const [asked, replied]: unknown[] = Array.isArray(turn) ? turn : [];
			if (typeof asked === "string" && typeof replied === "string") {
				return [
					{ role: "user", content: asked },
					{ role: "assistant", content: replied },
				];
			}
			row.fail(column, "wrong-type", "Expected a list of [instruction, output] pairs.");
			return undefined;
		}),
	);
	if (instruction === undefined) return [{ prompt: undefined }];
	const content = input === undefined || input === "" ? instruction : `${instruction}\n${input}`;
	if (!system && !history?.length) return [{ prompt: content, response }];
	const head: Message[] = system ? [{ role: "system", content: system }] : [];
	return [{ prompt: [...head, ...(history ?? []).flat(), { role: "user", content }], response }];
}

/** Every form, in the order in which they are tried: those with more columns first. */
export const FORMS: Record<DatasetKind, Form> = {
	"model-outputs": {
		fits: (has, sample) =>
			has("question", "ground_truth") && sample.some((row) => Object.values(row).some(isOutput)),
		read: readModelOutputs,
	},
	stepwise: { fits: (has) => has("prompt", "completions", "labels"), read: readStepwise },
	preference: { fits: (has) => has("chosen", "rejected"), read: readPreference },
	scored: {
		fits: (has) =>
			has("prompt") && RESPONSE.some((name) => has(name)) && ["reward", "label"].some((name) => has(name)),
		read: readScored,
	},
	"prompt-completion": {
		fits: (has) => has("prompt") && RESPONSE.some((name) => has(name)),
		read: (row) => [
			{ prompt: promptOf(row), response: responseOf(row), reference: referenceOf(row), ...sampledOf(row) },
		],
	},
	messages: {
		fits: (has) => has("messages"),
		read: (row) => [
			conversation(
				row,
				"messages",
				needed(row, ["messages"], (column) => row.messages(column)),
			),
		],
	},
	sharegpt: { fits: (has) => has("conversations"), read: readShareGpt },
	alpaca: { fits: (has) => has("instruction", "output"), read: readAlpaca },
	"problem-solution": {
		fits: (has) => has("problem") && (has("solution") || has("answer")),
		// The short answer, where there is one, is what a response is graded against.
		read: (row) => [
			{
				prompt: promptOf(row, "problem"),
				reference: needed(row, ["answer", "solution"], (c) => row.text(c)),
			},
		],
	},
	"question-answer": {
		fits: (has) => has("question", "answer"),
		read: (row) => [
			{ prompt: promptOf(row, "question"), reference: needed(row, ["answer"], (c) => row.text(c)) },
		],
	},
	"prompt-only": {
		fits: (has) => has("prompt"),
		read: (row) => [{ prompt: promptOf(row), reference: referenceOf(row) }],
	},
};
