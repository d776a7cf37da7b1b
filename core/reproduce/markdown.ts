import type { Report } from "./report.ts";
import { environmentOf, headlineOf, methodOf, verdictWord } from "./summary.ts";
import { type Table, tablesOf } from "./tables.ts";

/** The report as Markdown. */
export function renderMarkdown(report: Report): string {
	const verdicts = report.verdicts.map((v) => [`**${verdictWord(v)}**`, v.claim, v.detail, v.rule]);
	const cases = report.values?.cases ?? [];
	const sections = [
		"# The paper's experiments in miniature",
		headlineOf(report),
		"## What holds",
		"Each claim is decided by a rule that was fixed before the numbers were known.",
		grid(["", "Claim", "Numbers", "Rule"], verdicts),
		...tablesOf(report).flatMap((table) => [`## ${table.title}`, table.note, render(table)]),
		...(cases.length === 0 ? [] : ["## V along wrong responses (table 2)", ...cases.map(caseText)]),
		"## How it was done",
		methodOf(report)
			.map((line) => `- ${line}`)
			.join("\n"),
		"## Where and when",
		grid(["", ""], environmentOf(report)),
	];
	return `${sections.join("\n\n")}\n`;
}

const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;

function grid(head: readonly string[], rows: readonly (readonly string[])[], numbers = false): string {
	const rule = `|${head.map((_, i) => (numbers && i > 0 ? " ---: " : " --- ")).join("|")}|`;
	return [line(head), rule, ...rows.map(line)].join("\n");
}

const render = ({ head, rows }: Table) => grid(head, rows, true);

function caseText({ prompt, segments, step }: NonNullable<Report["values"]>["cases"][number]): string {
	const rows = segments.map(({ text, value, score }) => [
		`\`${text.trim()}\``,
		value.toFixed(3),
		score === null ? "–" : String(score),
	]);
	return [`> ${cell(prompt)} (step ${step})`, "", grid(["line", "V after it", "process score"], rows)].join(
		"\n",
	);
}
