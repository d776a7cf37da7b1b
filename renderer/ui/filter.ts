import { parseNumber } from "./number-text.ts";

/** What a cell holds, for sorting and filtering; numbers as they are shown, in the header's unit. */
export type CellValue = string | number | boolean | null | undefined;

/** A column as the filter sees it. */
export interface FilterField<T> {
	/** The name typed before the operator; letter case does not matter. */
	id: string;
	/** Other names it answers to, such as `β` beside `beta`. */
	aliases?: readonly string[] | undefined;
	value: (row: T) => CellValue;
}

type Operator = "<=" | ">=" | "!=" | "=" | "<" | ">" | ":";

export type FilterTerm =
	| { kind: "text"; text: string; negated: boolean }
	| { kind: "field"; name: string; operator: Operator; operand: string; negated: boolean };

const TERM = /(-?)(?:([\p{L}_][\p{L}\p{N}_.-]*)(<=|>=|!=|=|<|>|:))?(?:"([^"]*)"?|(\S+))/gu;

/** Splits `beta<0.3 state:done -failed "two words"` into its terms; all must hold. */
export function parseFilter(text: string): FilterTerm[] {
	return [...text.matchAll(TERM)]
		.map(([, minus, name, operator, quoted, bare]): FilterTerm => {
			const operand = quoted ?? bare ?? "";
			const negated = minus === "-";
			return name && operator
				? { kind: "field", name, operator: operator as Operator, operand, negated }
				: { kind: "text", text: operand, negated };
		})
		.filter((term) => term.kind === "field" || term.text !== "");
}

const fold = (value: CellValue) =>
	value === null || value === undefined ? "" : String(value).toLocaleLowerCase();
const includes = (value: CellValue, part: string) => fold(value).includes(part.toLocaleLowerCase());

function numberHolds(value: CellValue, operator: Operator, operand: number): boolean {
	if (typeof value !== "number" || Number.isNaN(value)) return false;
	switch (operator) {
		case "<":
			return value < operand;
		case "<=":
			return value <= operand;
		case ">":
			return value > operand;
		case ">=":
			return value >= operand;
		case "!=":
			return value !== operand;
		default:
			return value === operand;
	}
}

type Test<T> = (row: T) => boolean;

function compile<T>(term: FilterTerm, fields: readonly FilterField<T>[]): Test<T> | string {
	if (term.kind === "text") return (row) => fields.some((field) => includes(field.value(row), term.text));
	const wanted = term.name.toLocaleLowerCase();
	const field = fields.find(({ id, aliases = [] }) =>
		[id, ...aliases].some((name) => name.toLocaleLowerCase() === wanted),
	);
	if (!field) {
		const names = fields.map(({ id }) => id).join(", ");
		return `No column '${term.name}'. Columns: ${names}.`;
	}
	const { operator, operand } = term;
	const asNumber = parseNumber(operand.replace(/%$/, ""));
	const ordered = operator !== ":" && operator !== "=" && operator !== "!=";
	if (ordered && asNumber === undefined) return `'${operand}' after ${term.name}${operator} is not a number.`;
	return (row) => {
		const value = field.value(row);
		if (asNumber !== undefined && typeof value === "number") return numberHolds(value, operator, asNumber);
		if (ordered) return false;
		if (operator === ":") return includes(value, operand);
		return (fold(value) === operand.toLocaleLowerCase()) === (operator === "=");
	};
}

/** The rows for which every term holds; a term that cannot be read is left out and named in `problems`. */
export function filterRows<T>(
	rows: readonly T[],
	text: string,
	fields: readonly FilterField<T>[],
): { rows: readonly T[]; problems: string[] } {
	const tests: Test<T>[] = [];
	const problems: string[] = [];
	for (const term of parseFilter(text)) {
		const test = compile(term, fields);
		if (typeof test === "string") problems.push(test);
		else tests.push((row) => test(row) !== term.negated);
	}
	return { rows: tests.length ? rows.filter((row) => tests.every((test) => test(row))) : rows, problems };
}

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
const missing = (value: CellValue) =>
	value === null || value === undefined || value === "" || Number.isNaN(value);

/** The rows in order of one column; rows without a value come last in either direction, equal ones keep their order. */
export function sortRows<T>(
	rows: readonly T[],
	value: (row: T) => CellValue,
	direction: "ascending" | "descending",
): T[] {
	const sign = direction === "ascending" ? 1 : -1;
	return rows.toSorted((a, b) => {
		const [x, y] = [value(a), value(b)];
		if (missing(x) || missing(y)) return Number(missing(x)) - Number(missing(y));
		if (typeof x === "string" || typeof y === "string") return sign * collator.compare(String(x), String(y));
		return sign * (Number(x) - Number(y));
	});
}
