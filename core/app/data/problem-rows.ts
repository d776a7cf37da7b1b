import type { ApiOutput } from "../../contract/api.ts";
import type { ProblemGroup } from "../../contract/api-data.ts";
import { ColumnMapper } from "../../datasets/columns.ts";
import { readExamples } from "../../datasets/examples.ts";
import { type ProblemCode, problemRule } from "../../datasets/problems.ts";
import { indexFile, readNumbers, readRowEntries } from "./index-files.ts";
import type { IndexGroup, Manifest } from "./manifest.ts";
import { currentManifest } from "./pages.ts";
import { type ReadRow, readRowsAt } from "./row-access.ts";
import { duplicateMessage, oneOutcomeMessage, shorten } from "./words.ts";

const EXCERPT_CHARS = 160;
/** Rows read again at a time for the report. */
const REPORT_CHUNK = 500;
/** A report is one answer to the window; beyond this its last line says how many are left out. */
const REPORT_CHARS = 64 * 2 ** 20;

type ProblemRow = ApiOutput<"data.problemRows">["rows"][number];

/** What is done about each kind of problem that keeps its row, and what to do where no row is at fault. */
const KEPT: Partial<Record<string, { effect: string; hint: string | null }>> = {
	"duplicate-row": { effect: "Kept: samples may repeat", hint: problemRule("duplicate-row").hint },
	"lone-surrogate": {
		effect: "Kept: half a character is read as U+FFFD",
		hint: problemRule("lone-surrogate").hint,
	},
	"one-outcome-only": {
		effect: "Kept: no pair of a right and a wrong response",
		hint: "Sample more responses to these prompts if you want pairs for DPO.",
	},
};

/** The groups of problems as people read them. */
export function describeGroups(manifest: Manifest): ProblemGroup[] {
	return manifest.groups.map(({ level, code, column, count, message }) => {
		const kept = KEPT[code];
		const shown = { level, code, column, count, message };
		if (kept !== undefined) return { ...shown, ...kept };
		return { ...shown, effect: "Skipped", hint: problemRule(code as ProblemCode).hint };
	});
}

export interface ProblemRowsInput {
	readonly dir: string;
	readonly code: string;
	readonly column: string | null;
	readonly offset: number;
	readonly limit: number;
}

/** Problems of one group, from the `offset`th on. */
export async function readProblemRows(input: ProblemRowsInput): Promise<ApiOutput<"data.problemRows">> {
	const manifest = currentManifest(input.dir);
	const group = manifest.groups.find(({ code, column }) => code === input.code && column === input.column);
	if (group === undefined) return { total: 0, rows: [] };
	return {
		total: group.count,
		rows: await problemsOf(input.dir, manifest, group, input.offset, input.limit),
	};
}

async function problemsOf(
	dir: string,
	manifest: Manifest,
	group: IndexGroup,
	offset: number,
	limit: number,
): Promise<ProblemRow[]> {
	const path = indexFile.problems(dir);
	const count = Math.max(0, Math.min(limit, group.count - offset));
	const positions = readNumbers(path, group.at + offset, count);
	const extra = group.extraAt === null ? [] : readNumbers(path, group.extraAt + offset, count);
	const rows = new Map((await readRowsAt(dir, manifest, positions)).map((row) => [row.position, row]));
	const found = new Map<number, string[]>();
	let nth = timesBefore(path, group, offset, positions[0]);
	return positions.flatMap((position, i) => {
		const row = rows.get(position);
		if (row === undefined) return [];
		// A row may have the same problem several times: they follow each other, and are found again in that order.
		nth = position === positions[i - 1] ? nth + 1 : i === 0 ? nth : 0;
		const known = messageOf(dir, group, extra[i]);
		const messages = found.get(position) ?? (known === null ? findAgain(manifest, group, row) : []);
		found.set(position, messages);
		const message = known ?? messages[nth] ?? group.message;
		return [{ row: row.row, column: group.column, message, excerpt: excerptOf(row, manifest, group.column) }];
	});
}

/** How many problems of the same row come before the `offset`th. */
function timesBefore(path: string, group: IndexGroup, offset: number, position: number | undefined): number {
	let times = 0;
	while (times < offset && readNumbers(path, group.at + offset - times - 1, 1)[0] === position) times++;
	return times;
}

/** The message of a problem that its row alone does not show. */
function messageOf(dir: string, { code }: IndexGroup, extra: number | undefined): string | null {
	if (extra === undefined) return null;
	if (code === "one-outcome-only") return oneOutcomeMessage(extra >> 1, extra % 2 === 1);
	return duplicateMessage(readRowEntries(dir, extra, 1)[0]?.row ?? 0);
}

/** The messages of a group's problems in one row, by reading the row as it was read before. */
function findAgain(manifest: Manifest, group: IndexGroup, row: ReadRow): string[] {
	if ("problem" in row) return [row.problem.message];
	if (manifest.kind === null) return [];
	const messages: string[] = [];
	const sink = {
		add: (_: number, column: string | null, code: ProblemCode, message: string) => {
			if (code === group.code && column === group.column) messages.push(message);
		},
	};
	const textual = manifest.csv !== null;
	const value = new ColumnMapper(manifest.wanted.columns).apply(row.value);
	readExamples(manifest.kind, value, row.row, sink, textual);
	return messages;
}

function excerptOf(row: ReadRow, manifest: Manifest, column: string | null): string {
	if ("problem" in row) return shorten(row.text, EXCERPT_CHARS);
	if (column === null) return shorten(row.value, EXCERPT_CHARS);
	// Problems name our column; the file may call it otherwise.
	const own = Object.entries(manifest.wanted.columns).find(([, ours]) => ours === column)?.[0] ?? column;
	return own in row.value ? shorten(row.value[own], EXCERPT_CHARS) : shorten(row.value, EXCERPT_CHARS);
}

/** Every problem as CSV. */
export async function writeProblemReport({ dir }: { dir: string }): Promise<string> {
	const manifest = currentManifest(dir);
	const lines = ["row,level,code,column,message,excerpt"];
	let chars = 0;
	const total = manifest.groups.reduce((sum, group) => sum + group.count, 0);
	for (const group of manifest.groups) {
		for (let offset = 0; offset < group.count && chars < REPORT_CHARS; offset += REPORT_CHUNK) {
			for (const problem of await problemsOf(dir, manifest, group, offset, REPORT_CHUNK)) {
				const { row, column, message, excerpt } = problem;
				const line = [String(row), group.level, group.code, column ?? "", message, excerpt]
					.map(csvCell)
					.join(",");
				lines.push(line);
				chars += line.length;
			}
		}
	}
	if (lines.length - 1 < total)
		lines.push(`,,,,${csvCell(`${total - lines.length + 1} more are left out.`)},`);
	return `${lines.join("\r\n")}\r\n`;
}

function csvCell(text: string): string {
	// A spreadsheet takes a cell that begins like a formula for one; what it shows then is not what stands in the data.
	const plain = /^[=+\-@\t]/.test(text) ? `'${text}` : text;
	return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
