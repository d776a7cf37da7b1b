import type { Message } from "../tokenizers/message.ts";
import type { ProblemReport } from "./problems.ts";

/** The forms of data set, told apart by their columns. */
export const DATASET_KINDS = [
	"model-outputs",
	"stepwise",
	"preference",
	"scored",
	"prompt-completion",
	"messages",
	"sharegpt",
	"alpaca",
	"problem-solution",
	"question-answer",
	"prompt-only",
] as const;
export type DatasetKind = (typeof DATASET_KINDS)[number];

export type Prompt = string | Message[];

/** One example in the form that every later step takes, whatever the source. */
export interface Example {
	/** 1-based: the line of a JSONL file, otherwise the data row (a CSV header is not counted). */
	row: number;
	prompt: Prompt;
	/** Stable hash of the prompt: examples with one key must stay on one side of a split. */
	promptKey: string;
	/** Reference solution or answer. */
	reference?: string;
	/** One trajectory or completion. */
	response?: string;
	/** Steps of the response; joined without a separator they are the response. */
	segments?: string[];
	/** One process score per segment. */
	segmentRewards?: number[];
	/** Reward of the whole response; a label alone counts as 1 or 0. */
	reward?: number;
	label?: boolean;
	/** The model that wrote the response. */
	source?: string;
	/** Log-probabilities, in nats, of the response's tokens under the policy that wrote it. */
	behaviourLogprobs?: number[];
	/** The response's tokens as they were drawn; its text alone may be read as other tokens. */
	responseTokenIds?: number[];
	chosen?: string;
	rejected?: string;
	/** Tokens of the two as they were drawn. */
	chosenTokenIds?: number[];
	rejectedTokenIds?: number[];
}

export interface Dataset {
	kind: DatasetKind;
	path: string;
	/** SHA-256 of the file's bytes, in hex. */
	contentHash: string;
	/** The rows without errors. */
	examples: Example[];
	problems: ProblemReport;
}

/** A row as read from its file, columns by name. */
export type Row = Record<string, unknown>;
