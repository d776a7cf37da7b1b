import type { ExportDtype } from "../contract/exports.ts";
import type { DecoderConfig } from "../models/config.ts";
import type { ExportReport } from "./report.ts";
import type { Policy, RunPolicy } from "./run-policy.ts";
import type { Sized } from "./sizes.ts";
import type { ValueHead } from "./value-head.ts";

/** A checkpoint as far as its headers tell: enough to say what it can become, and how large. */
export interface Exportable {
	config: DecoderConfig;
	/** Folder with tokenizer and config.json: that of the model the run started from. */
	modelDir: string;
	/** By Hugging Face name; the number format is F32 where not given. */
	tensors: ReadonlyMap<string, Sized>;
	/** Null when every weight was trained. */
	adapter: { modules: ReadonlyMap<string, { a: Sized; b: Sized }> } | null;
}

/** An export that was opened again: as weights for our own graph, or as something that gives logits by itself. */
export type Reopened = Policy | Answering;

export interface Answering {
	/** Folder with the tokenizer that belongs to it. */
	modelDir: string;
	/** Logits of the token after each one read, `[read.length, vocabSize]` row-major; `threads` 0 takes every core. */
	logits(read: readonly number[], threads: number): Promise<Float32Array>;
}

export interface ExportRequest {
	policy: RunPolicy;
	/** New or empty folder. */
	outDir: string;
	/** One of the format's `dtypes`; null keeps each tensor's own. */
	dtype: ExportDtype | null;
	/** The run's value function, for a format that carries one; null leaves it out. */
	valueHead: ValueHead | null;
	/** Called as the weights are written. */
	onProgress: (bytesDone: number, bytesTotal: number) => void;
	/** Holds the finished files against the run; `dtype` is the roughest that weights were written in. */
	verify: (dtype: ExportDtype, reopen: () => Promise<Reopened>) => Promise<string[]>;
}

/** One thing that a checkpoint can be written as. */
export interface ExportFormat {
	label: string;
	/** What it is for, in a sentence. */
	about: string;
	/** Programs that open it. */
	opensIn: readonly string[];
	/** Number formats to choose from; none where the weights stay as they are. */
	dtypes: readonly ExportDtype[];
	/** Whether the run's value function can be written beside it. */
	carriesValueHead: boolean;
	/** Why this checkpoint cannot become it; null when it can. */
	refusal(source: Exportable): Promise<string | null>;
	/** Bytes that an export will take. */
	estimatedBytes(source: Exportable, dtype: ExportDtype | null): number;
	/** Writes, reopens and checks; see `exportFolder`. Throws `usage` when `outDir` holds files, `disk-full`. */
	write(request: ExportRequest): Promise<ExportReport>;
}
