import type { Row } from "../../datasets/types.ts";
import { shorten } from "./words.ts";

/** A file may use keys as data; columns beyond these are read but not listed. */
const MAX_COLUMNS = 300;
const EXAMPLE_CHARS = 160;

export interface TalliedColumn {
	name: string;
	type: string;
	/** Share of rows that have a value of that type. */
	readable: number;
	example: string;
}

/** Counts what types the values of each column have. */
export class ColumnTally {
	readonly #columns = new Map<string, { types: Map<string, number>; example: string }>();
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
		}
	}

	finish(): TalliedColumn[] {
		return [...this.#columns].map(([name, { types, example }]) => {
			const [type, count] = [...types].sort(([, a], [, b]) => b - a)[0] ?? ["empty", 0];
			return { name, type, readable: this.#rows === 0 ? 0 : count / this.#rows, example };
		});
	}

	#column(name: string) {
		let column = this.#columns.get(name);
		if (column === undefined && this.#columns.size < MAX_COLUMNS) {
			column = { types: new Map(), example: "" };
			this.#columns.set(name, column);
		}
		return column;
	}
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
