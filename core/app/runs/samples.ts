import { open, stat } from "node:fs/promises";
import type { RunSample, ValueTrace } from "../../contract/api-runs.ts";
import { AppError } from "../../contract/errors.ts";
import type { Method } from "../../contract/run.ts";
import { type SampleLine, sampleLineSchema, type TokenScores } from "../../contract/token-scores.ts";
import { asFileError } from "../../store/files.ts";
import { readLines } from "./lines.ts";

interface Place {
	readonly row: number;
	readonly correct: boolean | null;
	readonly offset: number;
	readonly bytes: number;
}

/** Where the answers of each evaluation stand in a run's `samples.jsonl`, so that a page is read without the rest. */
export class SampleIndex {
	readonly #path: string;
	readonly #steps = new Map<number, Place[]>();
	#read = 0;
	#inode = 0;
	/** The reading that is under way, or the last one that ended. */
	#updating: Promise<void> = Promise.resolve();

	constructor(path: string) {
		this.#path = path;
	}

	/** Steps that have answers, rising. */
	async steps(): Promise<number[]> {
		await this.#update();
		return [...this.#steps.keys()].sort((a, b) => a - b);
	}

	/** Answers of one evaluation in the order of the file. */
	async places(step: number): Promise<readonly Place[]> {
		await this.#update();
		return this.#steps.get(step) ?? [];
	}

	async load(places: readonly Place[]): Promise<SampleLine[]> {
		if (places.length === 0) return [];
		const file = await open(this.#path, "r").catch((error: unknown) => {
			throw asFileError(error, this.#path);
		});
		try {
			const samples: SampleLine[] = [];
			for (const { offset, bytes } of places) {
				const buffer = Buffer.alloc(bytes);
				await file.read(buffer, 0, bytes, offset);
				samples.push(parse(buffer.toString("utf8"), this.#path));
			}
			return samples;
		} finally {
			await file.close();
		}
	}

	/** One reading at a time: two at once would each take the same lines. One that failed does not keep the next from trying. */
	#update(): Promise<void> {
		const next = this.#updating.catch(() => {}).then(() => this.#readOn());
		this.#updating = next;
		return next;
	}

	/** Reads what was appended; a resumed run writes the file anew, without the work that was lost. */
	async #readOn(): Promise<void> {
		const found = await stat(this.#path).catch(() => null);
		if (found === null) return;
		if (found.ino !== this.#inode || found.size < this.#read) {
			this.#steps.clear();
			this.#read = 0;
			this.#inode = found.ino;
		}
		if (found.size === this.#read) return;
		await readLines(this.#path, this.#read, (lines) => {
			for (const { text, offset, bytes } of lines) {
				const { step, row, correct } = parse(text, this.#path);
				const place = { row, correct, offset, bytes };
				const known = this.#steps.get(step);
				if (known === undefined) this.#steps.set(step, [place]);
				else known.push(place);
				this.#read = offset + bytes;
			}
			return true;
		});
	}
}

export function runSample({ scores, step: _, ...sample }: SampleLine): RunSample {
	return { ...sample, value: scores?.values?.at(-1) ?? null };
}

/** What the value strip shows of an answer; one that was kept without its tokens shows its words alone. */
export function sampleTrace({ scores, ...sample }: SampleLine, method: Method | null): ValueTrace {
	const { prompt, reference, extracted, correct } = sample;
	const shared = { prompt, reference, extracted, correct };
	return scores === null ? { ...shared, ...wordsOf(sample) } : { ...shared, ...traceOf(scores, method) };
}

type TracePart = Omit<ValueTrace, "prompt" | "reference" | "extracted" | "correct">;

/** Tokens with V before and after each: V after one is V before the next. */
export function traceOf(scores: TokenScores, method: Method | null): TracePart {
	const { tokens, values, logProbs, referenceLogProbs, segmentEnds, reward } = scores;
	return {
		values: values === null ? "none" : method === "dro" ? "prompt-only" : "each-token",
		reward,
		firstValue: values?.[0] ?? null,
		tokens: tokens.map((text, i) => ({
			text,
			valueBefore: values?.[i] ?? null,
			valueAfter: values?.[i + 1] ?? null,
			logProb: logProbs[i] ?? null,
			baseLogProb: referenceLogProbs?.[i] ?? null,
			isEos: i === tokens.length - 1 && text === "",
		})),
		segmentEnds: segmentEnds.map((end) => Math.max(0, end - 1)),
		processScores: null,
	};
}

function wordsOf({ response, correct }: Pick<SampleLine, "response" | "correct">): TracePart {
	const words = response.match(/\s*\S+|\s+$/g) ?? [response];
	const tokens = words.map((text) => ({
		text,
		valueBefore: null,
		valueAfter: null,
		logProb: null,
		baseLogProb: null,
		isEos: false,
	}));
	const reward = correct === null ? null : Number(correct);
	return { values: "none", reward, firstValue: null, tokens, segmentEnds: [], processScores: null };
}

function parse(text: string, path: string): SampleLine {
	try {
		return sampleLineSchema.parse(JSON.parse(text));
	} catch (cause) {
		throw new AppError(
			{
				code: "file-corrupt",
				message: `${path} holds a line that is no answer of this version.`,
				hint: "Restore the file from a copy; the run's other files are not touched by it.",
			},
			{ cause },
		);
	}
}
