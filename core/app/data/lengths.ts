import { closeSync, openSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import type { ApiOutput } from "../../contract/api.ts";
import type { Lengths } from "../../contract/api-data.ts";
import { MAX_ROW_BYTES } from "../../datasets/dataset.ts";
import { readRows } from "../../datasets/format.ts";
import type { Example } from "../../datasets/types.ts";
import { guardFile, sha256, writeFully } from "../../store/files.ts";
import { encodePrompt } from "../../tokenizers/prompt.ts";
import type { Tokenizer } from "../../tokenizers/tokenizer.ts";
import { encodeTrajectories } from "../../training/trajectories.ts";
import { responsesOfRow } from "./example-access.ts";
import { promptNumbers, readExampleEntries } from "./index-files.ts";
import { currentManifest } from "./pages.ts";
import { readRowsAt } from "./row-access.ts";
import { type EncodingInput, tokenizerKey, tokenizerOf } from "./tokens.ts";
import { shorten } from "./words.ts";

/** Examples encoded together; those of one prompt follow each other, and it is then encoded once. */
const BATCH = 256;
const BINS = 24;
const PROGRESS_INTERVAL_MS = 250;

/** File of token counts for a model's tokenizer and a template; limits are applied when it is read. */
export function lengthsPath(dir: string, modelDir: string, template: string): string {
	const key = sha256(JSON.stringify([tokenizerKey(modelDir), template])).slice(0, 24);
	return join(dir, `lengths-${key}.bin`);
}

export interface CountInput extends Pick<EncodingInput, "modelDir" | "template"> {
	readonly dir: string;
	/** Where the counts are written to: two numbers for each example, its prompt's and its response's tokens. */
	readonly path: string;
}

/** Counts the tokens of every example with the code that training encodes with. */
export async function countLengths(
	{ dir, path, modelDir, template }: CountInput,
	onProgress: (progress: { done: number; total: number }) => void,
): Promise<void> {
	const manifest = currentManifest(dir);
	const tokenizer = await tokenizerOf(modelDir);
	const total = manifest.counts.entries;
	const part = `${path}.part`;
	const fd = guardFile(part, () => openSync(part, "w"));
	let waiting: Example[] = [];
	let done = 0;
	let told = Date.now();
	const flush = (): void => {
		const counts = countTokens(waiting, tokenizer, template);
		guardFile(part, () => writeFully(fd, new Uint8Array(counts.buffer)));
		done += waiting.length;
		waiting = [];
		if (Date.now() - told < PROGRESS_INTERVAL_MS) return;
		told = Date.now();
		onProgress({ done, total });
	};
	try {
		if (manifest.format !== null && total > 0)
			for await (const source of readRows(manifest.textPath, manifest.format, MAX_ROW_BYTES)) {
				if ("value" in source) waiting.push(...responsesOfRow(manifest, source.value, source.row));
				if (waiting.length >= BATCH) flush();
			}
		flush();
	} finally {
		closeSync(fd);
	}
	guardFile(path, () => renameSync(part, path));
}

function countTokens(examples: readonly Example[], tokenizer: Tokenizer, template: string): Uint32Array {
	const all = Number.MAX_SAFE_INTEGER;
	const options = { template, maxPromptTokens: all, maxResponseTokens: all, processRewardScale: 0 };
	const { trajectories } = encodeTrajectories(examples, tokenizer, options);
	const counts = new Uint32Array(2 * examples.length);
	let next = 0;
	for (const [i, example] of examples.entries()) {
		const text = example.response ?? example.reference;
		const trajectory = text === undefined ? undefined : trajectories[next++];
		const prompt = trajectory?.prompt ?? encodePrompt(example.prompt, template, tokenizer);
		counts.set([prompt.length, trajectory?.response.length ?? 0], 2 * i);
	}
	return counts;
}

export interface LimitsInput {
	readonly dir: string;
	/** See `lengthsPath`. */
	readonly path: string;
	readonly maxPromptTokens: number;
	readonly maxResponseTokens: number;
}

/** Token counts of the whole file in order: prompt, response, prompt, ... */
function readCounts(path: string): Uint32Array {
	const bytes = guardFile(path, () => readFileSync(path));
	return new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

/** The distribution of lengths under the limits. */
export function summariseLengths(input: LimitsInput): Extract<Lengths, { state: "ready" }> {
	const counts = readCounts(input.path);
	const examples = counts.length >> 1;
	const prompts = new Uint32Array(examples);
	const responses = new Uint32Array(examples);
	const skipped: number[] = [];
	let longest = 0;
	let cut = 0;
	for (let i = 0; i < examples; i++) {
		prompts[i] = counts[2 * i] ?? 0;
		responses[i] = counts[2 * i + 1] ?? 0;
		longest = Math.max(longest, (prompts[i] as number) + (responses[i] as number));
	}
	const width = Math.max(1, niceCeil(longest / BINS));
	const bins = Array.from({ length: Math.max(1, Math.floor(longest / width) + 1) }, (_, i) => ({
		from: i * width,
		to: (i + 1) * width,
		kept: 0,
		cut: 0,
	}));
	for (let i = 0; i < examples; i++) {
		const [prompt = 0, response = 0] = [prompts[i], responses[i]];
		const leftOut = prompt > input.maxPromptTokens;
		if (leftOut) skipped.push(i);
		const over = !leftOut && response > input.maxResponseTokens;
		if (over) cut++;
		const bin = bins[Math.floor((prompt + response) / width)];
		if (bin === undefined) continue;
		if (over || leftOut) bin.cut++;
		else bin.kept++;
	}
	const prompt = skipped.length === 0 ? [] : promptNumbers(input.dir);
	const withResponse = responses.filter((length) => length > 0);
	return {
		state: "ready",
		bins,
		medianPrompt: median(prompts),
		medianResponse: median(withResponse),
		longestResponse: responses.reduce((most, length) => Math.max(most, length), 0),
		cut,
		skipped: new Set(skipped.map((i) => prompt[i])).size,
		examples,
	};
}

function median(lengths: Uint32Array): number | null {
	if (lengths.length === 0) return null;
	const sorted = lengths.slice().sort();
	const middle = sorted.length >> 1;
	const upper = sorted[middle] ?? 0;
	return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}

/** The next of 1, 2, 5, 10, 20, 50 ... */
function niceCeil(value: number): number {
	const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
	return Math.ceil(([1, 2, 5, 10].find((step) => step * power >= value) ?? 10) * power);
}

export interface LongRowsInput extends LimitsInput {
	readonly offset: number;
	readonly limit: number;
}

/** Responses over the limit, with the rows they stand in. */
export async function readLongRows(input: LongRowsInput): Promise<ApiOutput<"data.problemRows">> {
	const manifest = currentManifest(input.dir);
	const counts = readCounts(input.path);
	const over: number[] = [];
	let total = 0;
	for (let i = 0; 2 * i < counts.length; i++) {
		if ((counts[2 * i] ?? 0) > input.maxPromptTokens || (counts[2 * i + 1] ?? 0) <= input.maxResponseTokens)
			continue;
		if (total >= input.offset && over.length < input.limit) over.push(i);
		total++;
	}
	const entries = over.map((i) => readExampleEntries(input.dir, i, 1)[0]?.position ?? 0);
	const rows = new Map((await readRowsAt(input.dir, manifest, entries)).map((row) => [row.position, row]));
	return {
		total,
		rows: over.flatMap((i, k) => {
			const row = rows.get(entries[k] ?? -1);
			if (row === undefined) return [];
			const message = `The response has ${(counts[2 * i + 1] ?? 0).toLocaleString("en-US")} tokens.`;
			const excerpt = "value" in row ? shorten(row.value, 160) : shorten(row.text, 160);
			return [{ row: row.row, column: null, message, excerpt }];
		}),
	};
}
