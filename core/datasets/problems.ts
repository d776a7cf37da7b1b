import { AppError } from "../contract/errors.ts";
import type { InvalidRows } from "../contract/task.ts";

/** Every kind of problem a row can have, whether it keeps the row out, and what to do about it. */
const PROBLEMS = {
	"bad-json": {
		severity: "error",
		hint: "Write every row as one complete JSON object; check quotes and commas there.",
	},
	"bad-csv": {
		severity: "error",
		hint: 'Put fields that hold quotes in quotes, and double the quotes inside: "a ""b""".',
	},
	"field-count": {
		severity: "error",
		hint: "Give the row as many fields as the header; quote fields that hold the delimiter.",
	},
	"not-utf8": { severity: "error", hint: "Save the file as UTF-8." },
	"line-too-long": {
		severity: "error",
		hint: "Look for a missing line break or closing quote, or split the row.",
	},
	"not-an-object": { severity: "error", hint: "Write every row as an object with named columns." },
	"missing-field": {
		severity: "error",
		hint: "Fill in the column, drop the row, or map another column to it.",
	},
	"wrong-type": { severity: "error", hint: "Change the value to the type named here." },
	"empty-prompt": { severity: "error", hint: "Fill in the prompt or drop the row." },
	"empty-response": { severity: "error", hint: "Fill in the response or drop the row." },
	"not-finite": { severity: "error", hint: "Replace it with a finite number or drop the row." },
	"unknown-label": {
		severity: "error",
		hint: "Use true and false (or 1 and 0), or say which of its values mean correct.",
	},
	"unknown-role": { severity: "error", hint: "Use the roles system, user, assistant and tool." },
	"unfit-conversation": {
		severity: "error",
		hint: "Let every conversation end with one reply of the assistant.",
	},
	"length-mismatch": { severity: "error", hint: "Give one entry for each step." },
	"positive-logprob": {
		severity: "error",
		hint: "Give natural logarithms of probabilities, which are 0 or less.",
	},
	"duplicate-row": {
		severity: "warning",
		hint: "Drop it unless the repetition is meant: it counts twice in training.",
	},
	"lone-surrogate": {
		severity: "warning",
		hint: "Repair the text: half a character becomes U+FFFD when tokenized.",
	},
} as const satisfies Record<string, { severity: "error" | "warning"; hint: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

export interface Problem {
	/** 1-based; see `Example.row`. */
	row: number;
	column: string | null;
	code: ProblemCode;
	severity: "error" | "warning";
	message: string;
	hint: string;
}

export interface ProblemReport {
	/** The first problems found, in row order; `counts` holds them all. */
	list: Problem[];
	counts: Partial<Record<ProblemCode, number>>;
	errors: number;
	warnings: number;
	/** Rows in the file, those with errors included. */
	rows: number;
}

/** Takes problems as they are found. */
export interface ProblemSink {
	add(row: number, column: string | null, code: ProblemCode, message: string): void;
}

/** Whether a kind of problem keeps its row out, and what to do about it. */
export function problemRule(code: ProblemCode): { severity: "error" | "warning"; hint: string } {
	return PROBLEMS[code];
}

/** Collects problems, keeping at most `limit` of them in full. */
export class ProblemCollector implements ProblemSink {
	readonly report: ProblemReport = { list: [], counts: {}, errors: 0, warnings: 0, rows: 0 };
	readonly #limit: number;

	constructor(limit: number) {
		this.#limit = limit;
	}

	add(row: number, column: string | null, code: ProblemCode, message: string): void {
		const { report } = this;
		const { severity, hint } = PROBLEMS[code];
		report.counts[code] = (report.counts[code] ?? 0) + 1;
		if (severity === "error") report.errors++;
		else report.warnings++;
		if (report.list.length < this.#limit) report.list.push({ row, column, code, severity, message, hint });
	}

	finish(): ProblemReport {
		this.report.list.sort((a, b) => a.row - b.row);
		return this.report;
	}
}

/** One line a problem, as people read it. */
export function formatProblem(problem: Problem): string {
	const column = problem.column === null ? "" : `, column "${problem.column}"`;
	return `row ${problem.row}${column}: ${problem.message}`;
}

/** The error that stands for every problem of a file. */
export function dataInvalid(path: string, report: ProblemReport): AppError {
	const counts = Object.entries(report.counts).map(([code, times]) => `${times} × ${code}`);
	const errors = report.list.filter((problem) => problem.severity === "error");
	const first = errors.slice(0, 5).map((problem) => `\n  ${formatProblem(problem)}`);
	const [one] = errors;
	return new AppError({
		code: "data-invalid",
		message: `${path} has ${count(report.errors, "error")} in ${count(report.rows, "row")} (${counts.join(", ")}):${first.join("")}`,
		hint: one?.hint ?? "Correct the rows named here.",
		details: report,
	});
}

/** An error about a whole file with the problems of its rows, if it has any, so that all is known at once. */
export function withProblems(error: AppError, path: string, report: ProblemReport): AppError {
	if (report.errors === 0) return error;
	const { message, details } = dataInvalid(path, report);
	return new AppError({ ...error.toBody(), message: `${error.message}\nBesides, ${message}`, details });
}

function count(n: number, what: string): string {
	return `${n} ${what}${n === 1 ? "" : "s"}`;
}

/**
 * Lets a data set through only without errors, or with `skip` as long as some rows have none; warnings pass.
 * @throws AppError `data-invalid` with the counts and the first problems.
 */
export function requireClean(
	dataset: { path: string; problems: ProblemReport; examples: readonly unknown[] },
	invalidRows: InvalidRows = "refuse",
): void {
	if (dataset.problems.errors === 0) return;
	if (invalidRows === "refuse" || dataset.examples.length === 0)
		throw dataInvalid(dataset.path, dataset.problems);
}
