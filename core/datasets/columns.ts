import { AppError } from "../contract/errors.ts";
import { type Columns, columnName } from "../contract/task.ts";
import { FORMS } from "./kinds.ts";
import { DATASET_KINDS, type DatasetKind, type Row } from "./types.ts";

/** The rows whose columns decide the kind. */
export const SAMPLE_ROWS = 64;

/** The kind that rows with the columns of the sample make, or undefined when they make none. */
export function findKind(sample: readonly Row[], textual: boolean): DatasetKind | undefined {
	const columns = new Set(presentColumns(sample, textual));
	const has = (...names: string[]): boolean => names.every((name) => columns.has(name));
	return DATASET_KINDS.find((candidate) => FORMS[candidate].fits(has, sample));
}

/** Columns that hold anything in the sample; an empty cell of a text format holds nothing. */
export function presentColumns(sample: readonly Row[], textual: boolean): string[] {
	const present = sample.flatMap((row) =>
		Object.keys(row).filter((name) => row[name] !== null && !(textual && row[name] === "")),
	);
	return [...new Set(present)];
}

/** A value as a mapping of values names it; null for one that none can name. */
export function valueText(value: unknown): string | null {
	if (typeof value === "string") return value.trim();
	return typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}

/** Renames columns, puts true and false for labels in words of their own, and checks that every column that is mapped exists. */
export class ColumnMapper {
	readonly #columns: ReadonlyMap<string, string>;
	readonly #values: ReadonlyMap<string, ReadonlyMap<string, boolean>>;

	constructor(columns: Readonly<Columns>) {
		const uses = Object.entries(columns);
		this.#columns = new Map(uses.map(([column, use]) => [column, columnName(use)]));
		this.#values = new Map(
			uses.flatMap(([column, use]) =>
				typeof use === "string" ? [] : [[column, new Map(Object.entries(use.values))] as const],
			),
		);
	}

	apply(row: Row): Row {
		if (this.#columns.size === 0) return row;
		const targets = new Set(this.#columns.values());
		// A column that a mapped one takes the name of gives way to it.
		const kept = Object.entries(row).filter(([name]) => this.#columns.has(name) || !targets.has(name));
		return Object.fromEntries(
			kept.map(([name, value]) => [this.#columns.get(name) ?? name, this.#meant(name, value)]),
		);
	}

	#meant(column: string, value: unknown): unknown {
		const text = valueText(value);
		return (text === null ? undefined : this.#values.get(column)?.get(text)) ?? value;
	}

	check(path: string, sample: readonly Row[]): void {
		const found = new Set(sample.flatMap((row) => Object.keys(row)));
		const missing = [...this.#columns.keys()].filter((name) => !found.has(name));
		if (missing.length === 0) return;
		throw new AppError({
			code: "data-invalid",
			message: `${path} has no column "${missing.join('", "')}"; it has ${[...found].join(", ")}.`,
			hint: "Correct the column mapping.",
		});
	}
}
