import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { guardFile, writeFully } from "../../store/files.ts";

/** Files of an index: fixed-size records, so that any page is one read and none of it need be held in memory. */
export const indexFile = {
	manifest: (dir: string) => join(dir, "manifest.json"),
	rows: (dir: string) => join(dir, "rows.bin"),
	examples: (dir: string) => join(dir, "examples.bin"),
	problems: (dir: string) => join(dir, "problems.bin"),
} as const;

const LEVELS = [null, "note", "warning", "error"] as const;
export type Level = "note" | "warning" | "error";

/** Rows that a file may have: their number shares a word with the level. */
export const MAX_ROWS = 2 ** 30 - 1;

/** Where a row lies in its file. */
export interface RowEntry {
	/** Number that people know it by; see `Example.row`. */
	row: number;
	at: number;
	bytes: number;
	level: Level | null;
}

/** One response to look at: an example, or either side of a preference pair. */
export interface ExampleEntry {
	/** Place of its row among all rows, from 0. */
	position: number;
	/** Number of its prompt; equal prompts have equal numbers. */
	prompt: number;
	/** Null without a verdict. */
	correct: boolean | null;
}

const ROW_BYTES = 16;
const EXAMPLE_BYTES = 12;
const BUFFERED_BYTES = 1 << 18;

/** Appends fixed-size records through a buffer. */
class RecordWriter {
	count = 0;
	readonly #path: string;
	readonly #fd: number;
	readonly #size: number;
	readonly #buffer = Buffer.alloc(BUFFERED_BYTES - (BUFFERED_BYTES % (ROW_BYTES * EXAMPLE_BYTES)));
	#filled = 0;

	constructor(path: string, size: number) {
		this.#path = path;
		this.#fd = guardFile(path, () => openSync(path, "w"));
		this.#size = size;
	}

	/** Gives the place of the next record in the buffer. */
	protected next(): { buffer: Buffer; at: number } {
		if (this.#filled === this.#buffer.length) this.#flush();
		const at = this.#filled;
		this.#filled += this.#size;
		this.count++;
		return { buffer: this.#buffer, at };
	}

	/** Throws `disk-full`; the file is closed all the same. */
	close(): void {
		try {
			this.#flush();
		} finally {
			closeSync(this.#fd);
		}
	}

	#flush(): void {
		guardFile(this.#path, () => writeFully(this.#fd, this.#buffer.subarray(0, this.#filled)));
		this.#filled = 0;
	}
}

export class RowWriter extends RecordWriter {
	constructor(dir: string) {
		super(indexFile.rows(dir), ROW_BYTES);
	}

	add({ row, at: offset, bytes, level }: RowEntry): void {
		const { buffer, at } = this.next();
		buffer.writeDoubleLE(offset, at);
		buffer.writeUInt32LE(Math.min(bytes, 0xffff_ffff), at + 8);
		buffer.writeUInt32LE(LEVELS.indexOf(level) * 2 ** 30 + row, at + 12);
	}
}

export class ExampleWriter extends RecordWriter {
	constructor(dir: string) {
		super(indexFile.examples(dir), EXAMPLE_BYTES);
	}

	add({ position, prompt, correct }: ExampleEntry): void {
		const { buffer, at } = this.next();
		buffer.writeUInt32LE(position, at);
		buffer.writeUInt32LE(prompt, at + 4);
		buffer.writeUInt32LE(correct === null ? 0 : correct ? 2 : 1, at + 8);
	}
}

/** `count` rows from position `from` on; fewer at the end of the file. */
export function readRowEntries(dir: string, from: number, count: number): RowEntry[] {
	const bytes = readRange(indexFile.rows(dir), from * ROW_BYTES, count * ROW_BYTES);
	return Array.from({ length: Math.floor(bytes.length / ROW_BYTES) }, (_, i) => {
		const word = bytes.readUInt32LE(i * ROW_BYTES + 12);
		return {
			at: bytes.readDoubleLE(i * ROW_BYTES),
			bytes: bytes.readUInt32LE(i * ROW_BYTES + 8),
			row: word % 2 ** 30,
			level: LEVELS[word >>> 30] ?? null,
		};
	});
}

/** `count` examples from `from` on; fewer at the end. */
export function readExampleEntries(dir: string, from: number, count: number): ExampleEntry[] {
	const bytes = readRange(indexFile.examples(dir), from * EXAMPLE_BYTES, count * EXAMPLE_BYTES);
	return Array.from({ length: Math.floor(bytes.length / EXAMPLE_BYTES) }, (_, i) =>
		exampleEntry(bytes, i * EXAMPLE_BYTES),
	);
}

/** The examples of one prompt, `max` at most, by a pass over all. */
export function examplesOfPrompt(
	dir: string,
	prompt: number,
	max: number,
): { index: number; entry: ExampleEntry }[] {
	const found: { index: number; entry: ExampleEntry }[] = [];
	const step = 1 << 16;
	for (let from = 0; found.length < max; from += step) {
		const bytes = readRange(indexFile.examples(dir), from * EXAMPLE_BYTES, step * EXAMPLE_BYTES);
		for (let at = 0; at < bytes.length && found.length < max; at += EXAMPLE_BYTES)
			if (bytes.readUInt32LE(at + 4) === prompt)
				found.push({ index: from + at / EXAMPLE_BYTES, entry: exampleEntry(bytes, at) });
		if (bytes.length < step * EXAMPLE_BYTES) break;
	}
	return found;
}

/** The number of each example's prompt, in order. */
export function promptNumbers(dir: string): Uint32Array {
	const path = indexFile.examples(dir);
	const bytes = guardFile(path, () => readFileSync(path));
	const numbers = new Uint32Array(Math.floor(bytes.length / EXAMPLE_BYTES));
	for (let i = 0; i < numbers.length; i++) numbers[i] = bytes.readUInt32LE(i * EXAMPLE_BYTES + 4);
	return numbers;
}

function exampleEntry(bytes: Buffer, at: number): ExampleEntry {
	const verdict = bytes.readUInt32LE(at + 8);
	return {
		position: bytes.readUInt32LE(at),
		prompt: bytes.readUInt32LE(at + 4),
		correct: verdict === 0 ? null : verdict === 2,
	};
}

/** Whole numbers below 2^32 of a file, `count` from the `from`th on. */
export function readNumbers(path: string, from: number, count: number): number[] {
	const bytes = readRange(path, 4 * from, 4 * count);
	return Array.from({ length: bytes.length >> 2 }, (_, i) => bytes.readUInt32LE(4 * i));
}

/** The bytes of a range of a file; fewer where the file ends. */
export function readRange(path: string, at: number, length: number): Buffer {
	return guardFile(path, () => {
		const fd = openSync(path, "r");
		try {
			const bytes = Buffer.alloc(length);
			let done = 0;
			while (done < length) {
				const got = readSync(fd, bytes, done, length - done, at + done);
				if (got === 0) break;
				done += got;
			}
			return bytes.subarray(0, done);
		} finally {
			closeSync(fd);
		}
	});
}
