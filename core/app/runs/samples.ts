import { open, stat } from "node:fs/promises";
import { z } from "zod";
import type { RunSample, ValueTrace } from "../../contract/api-runs.ts";
import { AppError } from "../../contract/errors.ts";
import { readLines } from "./lines.ts";

/** A line of `samples.jsonl`: a greedy answer to a held-out problem. Runs of earlier versions have fewer fields. */
const sampleSchema = z.looseObject({
	step: z.int().min(0),
	row: z.int().min(0),
	prompt: z.string(),
	response: z.string(),
	reference: z.string().nullable(),
	correct: z.boolean().nullable(),
	extracted: z.string().nullable().default(null),
});
export type Sample = z.infer<typeof sampleSchema>;

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

	async load(places: readonly Place[]): Promise<Sample[]> {
		if (places.length === 0) return [];
		const file = await open(this.#path, "r");
		try {
			const samples: Sample[] = [];
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

	/** Reads what was appended; a resumed run writes the file anew, without the work that was lost. */
	async #update(): Promise<void> {
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

export function runSample(sample: Sample): RunSample {
	const { row, prompt, response, reference, extracted, correct } = sample;
	return { row, prompt, response, reference, extracted, correct, value: null };
}

/** The trace of an answer that was kept without its tokens: the words alone. */
export function plainTrace({ prompt, response, reference, extracted, correct }: Sample): ValueTrace {
	const words = response.match(/\s*\S+|\s+$/g) ?? [response];
	return {
		values: "none",
		prompt,
		reference,
		extracted,
		correct,
		reward: correct === null ? null : Number(correct),
		firstValue: null,
		tokens: words.map((text) => ({
			text,
			valueBefore: null,
			valueAfter: null,
			logProb: null,
			baseLogProb: null,
			isEos: false,
		})),
		segmentEnds: [],
		processScores: null,
	};
}

function parse(text: string, path: string): Sample {
	try {
		return sampleSchema.parse(JSON.parse(text));
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
