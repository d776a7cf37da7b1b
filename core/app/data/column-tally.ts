import { valueText } from "../../datasets/columns.ts";
import type { Row } from "../../datasets/types.ts";
import { shorten } from "./words.ts";

/** A file may use keys as data; columns beyond these are read but not listed. */
const MAX_COLUMNS = 300;
const EXAMPLE_CHARS = 160;
/** A column with more different values than these, or with longer ones, holds no words for true and false. */
const MAX_VALUES = 24;
const MAX_VALUE_CHARS = 40;

export interface TalliedColumn {
	name: string;
	type: string;
	/** Share of rows that have a value of that type. */
	readable: number;
	example: string;
	/** Every value there is with its count, most frequent first; null where they are many. */
	values: { text: string; count: number }[] | null;
}

interface Tally {
	types: Map<string, number>;
	example: string;
	/** Null once they are too many. */
	values: Map<string, number> | null;
}

/** Counts what types the values of each column have. */
export class ColumnTally {
	readonly #columns = new Map<string, Tally>();
	readonly #textual: boolean;
	#rows = 0;

	constructor(textual: boolean) {
		this.#textual = textual;
	}

	add(row: Row): void {
		this.#rows++;
		for (const name of Object.keys(row)) {
			const column = this.#column(name);
			if (column === undefined) continue;
			const value = row[name];
			const type = typeOf(value, this.#textual);
			if (type === null) continue;
			column.types.set(type, (column.types.get(type) ?? 0) + 1);
			if (column.example === "") column.example = shorten(value, EXAMPLE_CHARS);
			if (column.values !== null) column.values = counted(column.values, value);
		}
	}

	finish(): TalliedColumn[] {
		return [...this.#columns].map(([name, { types, example, values }]) => {
			const [type, count] = [...types].sort(([, a], [, b]) => b - a)[0] ?? ["empty", 0];
			const readable = this.#rows === 0 ? 0 : count / this.#rows;
			const all = values && [...values].map(([text, times]) => ({ text, count: times }));
			return { name, type, readable, example, values: all?.sort((a, b) => b.count - a.count) ?? null };
		});
	}

	#column(name: string) {
		let column = this.#columns.get(name);
		if (column === undefined && this.#columns.size < MAX_COLUMNS) {
			column = { types: new Map(), example: "", values: new Map() };
			this.#columns.set(name, column);
		}
		return column;
	}
}

/** The values with one more of them, or null where that makes them too many. */
function counted(values: Map<string, number>, value: unknown): Map<string, number> | null {
	const text = valueText(value);
	if (text === null || text.length > MAX_VALUE_CHARS) return null;
	values.set(text, (values.get(text) ?? 0) + 1);
	return values.size > MAX_VALUES ? null : values;
}

function typeOf(value: unknown, textual: boolean): string | null {
	if (value === null || value === undefined) return null;
	if (typeof value === "string") return textual ? typeOfCell(value) : "text";
	if (typeof value === "number") return "number";
	if (typeof value === "boolean") return "true/false";
	if (!Array.isArray(value)) return "object";
	const [first] = value as unknown[];
	if (typeof first === "string") return "list of texts";
	if (typeof first === "number") return "list of numbers";
	return typeof first === "object" && first !== null ? "list of objects" : "list";
}

/** Cells of CSV are text; what they are meant as shows in how they are written. */
function typeOfCell(cell: string): string | null {
	if (cell === "") return null;
	const first = cell.charCodeAt(0);
	// Only what begins like a number, a list or true/false can be one; prose is told apart without a parse.
	if (first === 0x5b) return cell.endsWith("]") ? "list" : "text";
	if (/^(?:true|false)$/i.test(cell.trim())) return "true/false";
	return cell.length < 40 && /^\s*[-+.\d]/.test(cell) && Number.isFinite(Number(cell)) ? "number" : "text";
}
