import { z } from "zod";
import { AppError } from "../../contract/errors.ts";
import { duplicateKey, isNestedDeeply } from "../../store/foreign-files.ts";
import { DTYPE_BITS } from "./dtypes.ts";

/** Limits on a header, in bytes and tensors: the largest models have some 100 kB a file; more is a lie or an attack. */
export const MAX_HEADER_BYTES = 16_000_000;
const MAX_TENSORS = 100_000;

export interface HeaderEntry {
	dtype: string;
	shape: number[];
	/** Byte range of the values, from the first byte after the header. */
	begin: number;
	end: number;
}

export interface Header {
	metadata: Record<string, string>;
	entries: Map<string, HeaderEntry>;
}

const count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const entrySchema = z.strictObject({
	dtype: z.string(),
	shape: z.array(count),
	data_offsets: z.tuple([count, count]),
});
const metadataSchema = z.record(z.string(), z.string());

/** The error for a damaged weight file, naming the file and, where known, the tensor. */
export function corrupt(file: string, tensor: string | null, what: string, cause?: unknown): AppError {
	return new AppError(
		{
			code: "file-corrupt",
			message: `${file}: ${tensor === null ? "" : `tensor ${tensor.slice(0, 200)}: `}${what.slice(0, 500)}.`,
			hint: "The file is damaged or was not fully downloaded; get a fresh copy of it.",
			details: { file, tensor },
		},
		{ cause },
	);
}

/**
 * Parses and checks a safetensors header against the number of value bytes in the file: known dtypes, sizes that match
 * shapes, ranges that lie one after the other and fill the file. Throws `file-corrupt`.
 */
export function parseHeader(text: string, valueBytes: number, file: string): Header {
	if (isNestedDeeply(text)) throw corrupt(file, null, "the header is nested too deeply");
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch (cause) {
		throw corrupt(file, null, `the header is not valid JSON (${(cause as Error).message})`, cause);
	}
	if (typeof json !== "object" || json === null || Array.isArray(json)) {
		throw corrupt(file, null, "the header is not a JSON object");
	}
	const tensors = Object.keys(json).length;
	if (tensors > MAX_TENSORS) {
		throw corrupt(file, null, `${tensors} tensors are over the limit of ${MAX_TENSORS}`);
	}
	const duplicate = duplicateKey(text);
	if (duplicate !== null) throw corrupt(file, duplicate, "the header names it twice");

	let metadata: Record<string, string> = {};
	const entries = new Map<string, HeaderEntry>();
	for (const [name, value] of Object.entries(json)) {
		if (name === "__metadata__") {
			const parsed = metadataSchema.safeParse(value);
			if (!parsed.success) throw corrupt(file, null, "the header's metadata is not a map of strings");
			metadata = parsed.data;
		} else {
			entries.set(name, parseEntry(name, value, file));
		}
	}
	checkRanges(entries, valueBytes, file);
	return { metadata, entries };
}

function parseEntry(name: string, value: unknown, file: string): HeaderEntry {
	const parsed = entrySchema.safeParse(value);
	if (!parsed.success) {
		throw corrupt(file, name, "its header entry does not have the form {dtype, shape, data_offsets}");
	}
	const { dtype, shape, data_offsets } = parsed.data;
	const [begin, end] = data_offsets;
	const bits = Object.hasOwn(DTYPE_BITS, dtype) ? DTYPE_BITS[dtype] : undefined;
	if (bits === undefined) throw corrupt(file, name, `unknown number format "${dtype}"`);
	const expected = (elementCount(shape) * bits) / 8;
	if (!Number.isSafeInteger(expected) || end - begin !== expected) {
		throw corrupt(
			file,
			name,
			`${dtype} [${shape}] takes ${expected} bytes, the header gives it ${end - begin}`,
		);
	}
	return { dtype, shape, begin, end };
}

function checkRanges(entries: Map<string, HeaderEntry>, valueBytes: number, file: string): void {
	const sorted = [...entries].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
	let position = 0;
	for (const [name, { begin, end }] of sorted) {
		if (end > valueBytes) {
			throw corrupt(file, name, `its values end at byte ${end} of ${valueBytes}: the file is cut short`);
		}
		if (begin < position) throw corrupt(file, name, "its values overlap another tensor's");
		if (begin > position)
			throw corrupt(file, name, `${begin - position} bytes before its values belong to nothing`);
		position = end;
	}
	if (position !== valueBytes) {
		throw corrupt(file, null, `${valueBytes - position} bytes at the end belong to no tensor`);
	}
}

/** Number of values of a shape; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
	return shape.reduce((product, length) => product * length, 1);
}
