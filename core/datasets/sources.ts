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

/** A row of a file, or why there is none where one should be. `bytes` is what it takes in the file. */
export type SourceRow =
	| { row: number; bytes: number; value: Row }
	| { row: number; bytes: number; problem: { code: ProblemCode; message: string } };

const BLANK = /^[ \t\r]*$/;

function bad(row: number, bytes: number, code: ProblemCode, message: string): SourceRow {
	return { row, bytes, problem: { code, message } };
}

/** The text of a record, or the row that says why it has none. */
function textOf(record: RawRecord, row: number, limit: number): string | SourceRow {
	if ("tooLong" in record) {
		const size = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
		const message = `The row is ${size(record.tooLong)} long; a row may have ${size(limit)}.`;
		return bad(row, record.tooLong, "line-too-long", message);
	}
	const decoded = decodeUtf8(record.bytes);
	if ("text" in decoded) return decoded.text;
	const value = record.bytes[decoded.badByte]?.toString(16).padStart(2, "0");
	const message = `Byte ${decoded.badByte + 1} of the row (0x${value}) is not UTF-8.`;
	return bad(row, record.bytes.length, "not-utf8", message);
}

function jsonRow(text: string, row: number): SourceRow {
	const bytes = text.length;
	const parsed = parseJson(text);
	if (!parsed.ok) {
		const { offset } = parsed;
		const near = JSON.stringify(text.slice(offset, offset + 20));
		const where = offset >= text.trimEnd().length ? "where the row ends too early" : `near ${near}`;
		return bad(row, bytes, "bad-json", `Not valid JSON at column ${offset + 1}, ${where}.`);
	}
	const { value } = parsed;
	if (typeof value !== "object" || value === null || Array.isArray(value)) {
		const what = Array.isArray(value) ? "a list" : value === null ? "null" : `a ${typeof value}`;
		return bad(row, bytes, "not-an-object", `The row is ${what}, not an object.`);
	}
	return { row, bytes, value: value as Row };
}

/** Rows of a JSON Lines file, numbered by line; blank lines are passed over. */
export async function* readJsonLines(path: string, limit: number): AsyncGenerator<SourceRow> {
	let row = 0;
	for await (const record of splitRecords(readText(path), lineEnd, limit)) {
		row++;
		const text = textOf(record, row, limit);
		if (typeof text !== "string") yield text;
		else if (!BLANK.test(text)) yield jsonRow(text, row);
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
		const text = textOf(record, row, limit);
		if (typeof text !== "string") yield text;
		else if (!(last && row === 1 && text.trim() === "")) yield jsonRow(text, row);
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
 * Rows of a CSV or TSV file with a header, every value as text, numbered from the row after the header.
 * @throws AppError `data-invalid` for a header that cannot be used.
 */
export async function* readCsv(
	path: string,
	limit: number,
	fixedDelimiter?: string,
): AsyncGenerator<SourceRow> {
	let delimiter = fixedDelimiter ?? ",";
	let header: string[] | null = null;
	let row = 0;
	for await (const record of splitRecords(
		readText(path),
		csvRowEnd(() => delimiter),
		limit,
	)) {
		const text = textOf(record, row + (header === null ? 0 : 1), limit);
		if (typeof text === "string" && BLANK.test(text)) continue;
		if (header === null) {
			if (typeof text === "string") delimiter = fixedDelimiter ?? guessDelimiter(text);
			header = readHeader(path, text, delimiter);
			continue;
		}
		row++;
		yield typeof text === "string" ? csvRow(text, row, header, delimiter) : text;
	}
}

function parseFields(text: string, delimiter: string): { fields: string[]; error: string | null } {
	const line = text.endsWith("\r") ? text.slice(0, -1) : text;
	const parsed = Papa.parse<string[]>(line, { delimiter, newline: "\n" });
	return { fields: parsed.data[0] ?? [], error: parsed.errors[0]?.message ?? null };
}

function readHeader(path: string, text: string | SourceRow, delimiter: string): string[] {
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

function csvRow(text: string, row: number, header: string[], delimiter: string): SourceRow {
	const { fields, error } = parseFields(text, delimiter);
	const bytes = text.length;
	if (error !== null) return bad(row, bytes, "bad-csv", `${error}.`);
	if (fields.length !== header.length) {
		const message = `The row has ${fields.length} fields, the header ${header.length}.`;
		return bad(row, bytes, "field-count", message);
	}
	return { row, bytes, value: Object.fromEntries(header.map((name, i) => [name, fields[i]])) };
}
