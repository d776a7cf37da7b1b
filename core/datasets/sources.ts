import Papa from "papaparse";
import { AppError } from "../contract/errors.ts";
import { readText } from "./bytes.ts";
import { parseJson } from "./json.ts";
import type { ProblemCode } from "./problems.ts";
import {
	type ArrayState,
	arrayElementEnd,
	csvRowEnd,
	decodeUtf8,
	lineEnd,
	type RawRecord,
	splitRecords,
} from "./records.ts";
import type { Row } from "./types.ts";

/**
 * A row of a file, or why there is none where one should be. It takes `bytes` bytes of the file from byte `at` on, a byte
 * order mark not counted; rows of Parquet lie nowhere in one piece, so their `at` is 0.
 */
export type SourceRow = { row: number; at: number; bytes: number } & (
	| { value: Row }
	| { problem: { code: ProblemCode; message: string } }
);

const BLANK = /^[ \t\r]*$/;

type RowContent = { value: Row } | { problem: { code: ProblemCode; message: string } };

function bad(code: ProblemCode, message: string): RowContent {
	return { problem: { code, message } };
}

function sizeOf(record: RawRecord): number {
	return "tooLong" in record ? record.tooLong : record.bytes.length;
}

/** The text of a record, or why it has none. */
function textOf(record: RawRecord, limit: number): string | RowContent {
	if ("tooLong" in record) {
		const size = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
		const message = `The row is ${size(record.tooLong)} long; a row may have ${size(limit)}.`;
		return bad("line-too-long", message);
	}
	const decoded = decodeUtf8(record.bytes);
	if ("text" in decoded) return decoded.text;
	const value = record.bytes[decoded.badByte]?.toString(16).padStart(2, "0");
	return bad("not-utf8", `Byte ${decoded.badByte + 1} of the row (0x${value}) is not UTF-8.`);
}

function jsonRow(text: string): RowContent {
	const parsed = parseJson(text);
	if (!parsed.ok) {
		const { offset } = parsed;
		const near = JSON.stringify(text.slice(offset, offset + 20));
		const where = offset >= text.trimEnd().length ? "where the row ends too early" : `near ${near}`;
		return bad("bad-json", `Not valid JSON at column ${offset + 1}, ${where}.`);
	}
	const { value } = parsed;
	if (typeof value !== "object" || value === null || Array.isArray(value)) {
		const what = Array.isArray(value) ? "a list" : value === null ? "null" : `a ${typeof value}`;
		return bad("not-an-object", `The row is ${what}, not an object.`);
	}
	return { value: value as Row };
}

/** How the fields of a CSV file are told apart and named. */
export interface CsvLayout {
	delimiter: string;
	header: string[];
}

/** What one record of a text format holds; `csv` is null where records are JSON. No record takes more than `limit` bytes. */
export function readRecord(record: RawRecord, limit: number, csv: CsvLayout | null): RowContent {
	const text = textOf(record, limit);
	if (typeof text !== "string") return text;
	return csv === null ? jsonRow(text) : csvRow(text, csv);
}

/** Rows of a JSON Lines file, numbered by line; blank lines are passed over. */
export async function* readJsonLines(path: string, limit: number): AsyncGenerator<SourceRow> {
	let row = 0;
	for await (const record of splitRecords(readText(path), lineEnd, limit)) {
		row++;
		const text = textOf(record, limit);
		if (typeof text === "string" && BLANK.test(text)) continue;
		const content = typeof text === "string" ? jsonRow(text) : text;
		yield { row, at: record.at, bytes: sizeOf(record), ...content };
	}
}

/**
 * Rows of a file that is one JSON array, numbered by element.
 * @throws AppError `file-corrupt` for an array that never closes or is followed by something.
 */
export async function* readJsonArray(path: string, limit: number): AsyncGenerator<SourceRow> {
	const state: ArrayState = { opened: false, closed: false, trailing: false };
	const damaged = (what: string): AppError => {
		const hint =
			"The file may be cut off or joined from several; write it again as one array, or as JSON Lines.";
		return new AppError({ code: "file-corrupt", message: `${path}: ${what}.`, hint });
	};
	let row = -1;
	let last = false;
	for await (const record of splitRecords(readText(path), arrayElementEnd(state), limit)) {
		row++;
		if (last || row === 0) continue;
		last = state.closed;
		const text = textOf(record, limit);
		if (last && row === 1 && typeof text === "string" && text.trim() === "") continue;
		const content = typeof text === "string" ? jsonRow(text) : text;
		yield { row, at: record.at, bytes: sizeOf(record), ...content };
	}
	if (!state.closed) throw damaged("the JSON array is never closed");
	if (state.trailing) throw damaged("there is more text after the JSON array");
}

/** The delimiter that the header uses most. */
function guessDelimiter(header: string): string {
	const count = (delimiter: string): number => header.split(delimiter).length;
	return [",", ";", "\t"].reduce((best, next) => (count(next) > count(best) ? next : best));
}

/**
 * Rows of a CSV or TSV file with a header, every value as text, numbered from the row after the header. `onLayout` hears
 * of the header once it is read.
 * @throws AppError `data-invalid` for a header that cannot be used.
 */
export async function* readCsv(
	path: string,
	limit: number,
	fixedDelimiter?: string,
	onLayout?: (layout: CsvLayout) => void,
): AsyncGenerator<SourceRow> {
	let delimiter = fixedDelimiter ?? ",";
	let layout: CsvLayout | null = null;
	let row = 0;
	for await (const record of splitRecords(
		readText(path),
		csvRowEnd(() => delimiter),
		limit,
	)) {
		const text = textOf(record, limit);
		if (typeof text === "string" && BLANK.test(text)) continue;
		if (layout === null) {
			if (typeof text === "string") delimiter = fixedDelimiter ?? guessDelimiter(text);
			layout = { delimiter, header: readHeader(path, text, delimiter) };
			onLayout?.(layout);
			continue;
		}
		row++;
		const content = typeof text === "string" ? csvRow(text, layout) : text;
		yield { row, at: record.at, bytes: sizeOf(record), ...content };
	}
}

function parseFields(text: string, delimiter: string): { fields: string[]; error: string | null } {
	const line = text.endsWith("\r") ? text.slice(0, -1) : text;
	const parsed = Papa.parse<string[]>(line, { delimiter, newline: "\n" });
	return { fields: parsed.data[0] ?? [], error: parsed.errors[0]?.message ?? null };
}

function readHeader(path: string, text: string | RowContent, delimiter: string): string[] {
	const hint = "Start the file with one line of distinct column names.";
	const refuse = (why: string): AppError =>
		new AppError({ code: "data-invalid", message: `The header of ${path} cannot be used: ${why}`, hint });
	if (typeof text !== "string") throw refuse("problem" in text ? text.problem.message : "it is not text.");
	const { fields, error } = parseFields(text, delimiter);
	if (error !== null) throw refuse(error);
	const names = fields.map((name) => name.trim());
	const twice = names.find((name, i) => names.indexOf(name) !== i);
	if (twice !== undefined) throw refuse(`the column "${twice}" comes twice.`);
	return names;
}

function csvRow(text: string, { header, delimiter }: CsvLayout): RowContent {
	const { fields, error } = parseFields(text, delimiter);
	if (error !== null) return bad("bad-csv", `${error}.`);
	if (fields.length !== header.length) {
		const message = `The row has ${fields.length} fields, the header ${header.length}.`;
		return bad("field-count", message);
	}
	return { value: Object.fromEntries(header.map((name, i) => [name, fields[i]])) };
}
