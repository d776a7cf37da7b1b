import { type ProblemCode, type ProblemSink, problemRule } from "../../datasets/problems.ts";
import { GrowingU32 } from "./growing.ts";
import type { IndexGroup } from "./manifest.ts";

/** Columns named by the data itself may be many; problems of those beyond are grouped without a column. */
const MAX_GROUPS = 400;

interface Group {
	level: "error" | "warning" | "note";
	code: string;
	column: string | null;
	message: string;
	positions: GrowingU32;
	extra: GrowingU32 | null;
}

/** Groups every problem by its code and column, keeping four bytes of each: the row's text is read again when asked for. */
export class ProblemGroups implements ProblemSink {
	errors = 0;
	warnings = 0;
	/** Place of the row that is being read. */
	position = 0;
	/** The worst level that the row being read had so far. */
	level: "warning" | "error" | null = null;
	readonly #groups = new Map<string, Group>();

	/** Begins the next row. */
	begin(position: number): void {
		this.position = position;
		this.level = null;
	}

	add(_row: number, column: string | null, code: ProblemCode, message: string): void {
		this.#record(problemRule(code).severity, column, code, message);
	}

	/** A row that repeats an earlier one. */
	duplicate(earlierPosition: number, message: string): void {
		this.#record("warning", null, "duplicate-row", message, earlierPosition);
	}

	/** A problem that no single row shows; it changes no count. */
	note(position: number, code: string, message: string, extra: number): void {
		const group = this.#group("note", null, code, message);
		group.positions.push(position);
		group.extra ??= new GrowingU32();
		group.extra.push(extra);
	}

	#record(
		severity: "error" | "warning",
		column: string | null,
		code: string,
		message: string,
		extra?: number,
	): void {
		if (severity === "error") this.errors++;
		else this.warnings++;
		if (this.level !== "error") this.level = severity;
		const group = this.#group(severity, column, code, message);
		group.positions.push(this.position);
		if (extra === undefined) return;
		group.extra ??= new GrowingU32();
		group.extra.push(extra);
	}

	#group(level: Group["level"], column: string | null, code: string, message: string): Group {
		const key = `${code} ${column}`;
		const found = this.#groups.get(key);
		if (found !== undefined) return found;
		if (column !== null && this.#groups.size >= MAX_GROUPS) return this.#group(level, null, code, message);
		const group = { level, code, column, message, positions: new GrowingU32(), extra: null };
		this.#groups.set(key, group);
		return group;
	}

	/** The groups, the gravest and largest first, and the numbers they point to, to be written one after the other. */
	finish(): { groups: IndexGroup[]; numbers: Uint32Array[] } {
		const numbers: Uint32Array[] = [];
		let at = 0;
		const put = (list: GrowingU32): number => {
			numbers.push(list.view());
			at += list.length;
			return at - list.length;
		};
		const rank = { error: 0, warning: 1, note: 2 };
		const sorted = [...this.#groups.values()].sort(
			(a, b) => rank[a.level] - rank[b.level] || b.positions.length - a.positions.length,
		);
		const groups = sorted.map(({ level, code, column, message, positions, extra }) => ({
			level,
			code,
			column,
			message,
			count: positions.length,
			at: put(positions),
			extraAt: extra === null ? null : put(extra),
		}));
		return { groups, numbers };
	}
}
