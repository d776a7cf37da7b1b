import type { ValueSummary } from "../../contract/jobs.ts";
import { defineCommand } from "../command.ts";
import { duration, table } from "../format.ts";
import { needed, type Option, text } from "../options.ts";
import { exitCodeOf, runJob } from "../run-job.ts";
import { computing, limit, machineOf, path } from "./shared.ts";

const checkpoint: Option<"best" | "last" | "all" | number> = {
	placeholder: "best|last|all|STEP",
	help: "which checkpoints to read; all shows how the value function learns",
	required: false,
	fallback: "best",
	read: (value) => {
		if (value === "best" || value === "last" || value === "all") return value;
		if (!/^\d+$/.test(value)) throw new Error(`takes best, last, all or a step, not "${value}"`);
		return Number(value);
	},
};

const rows: Option<number[]> = {
	...text("N,N,...", "rows shown segment by segment", "the first wrong responses"),
	read: (value) => {
		const numbers = value.split(",").map((part) => part.trim());
		if (numbers.some((part) => !/^\d+$/.test(part))) throw new Error(`takes row numbers, not "${value}"`);
		return numbers.map(Number);
	},
};

export const values = defineCommand({
	name: "values",
	summary: "read a run's value function over responses",
	about:
		"How well V tells correct responses from wrong ones, at the last token and on the way, and how it agrees with process\n" +
		"scores where the rows carry them. With --out, V, log pi and log pi_ref of every token are written too.",
	options: {
		run: needed(path("RUNDIR", "folder of a run trained with dqo or dro")),
		data: needed(path("FILE", "responses, labelled or with segment rewards")),
		checkpoint,
		rows,
		out: path("FILE.jsonl", "also write every token's values here"),
		limit,
		...computing,
	},
	examples: [
		{
			line: "dqo values --run runs/my-run --data responses.jsonl",
			does: "the best checkpoint's value function",
		},
		{
			line: "dqo values --run runs/my-run --data scored.jsonl --checkpoint all --json",
			does: "correlation with process scores over training, as data",
		},
	],
	async run(given, context) {
		const { checkpoints, cases, ...rest } = await runJob<"values">(
			{
				kind: "values",
				runDir: given.run,
				dataPath: given.data,
				checkpoint: given.checkpoint ?? "best",
				outPath: given.out ?? null,
				caseRows: given.rows ?? null,
				limit: given.limit ?? null,
				...machineOf(given),
				eventsPath: null,
			},
			context,
		);
		const lines = [
			`${rest.rows} responses: ${rest.correct} correct, ${rest.wrong} wrong`,
			table([
				["step", "AUC", "within prompt", "V correct", "V wrong", "r with scores"],
				...checkpoints.map(summaryCells),
			]),
			...cases.map(({ row, verdict, segments }) =>
				[
					`\nrow ${row}${verdict === null ? "" : ` (${verdict})`}`,
					...segments.map(({ text: line, value }) => `${value.toFixed(3).padStart(8)}  ${line.trimEnd()}`),
				].join("\n"),
			),
		];
		if (rest.skippedRows > 0) lines.push(`${rest.skippedRows} prompts were too long and left out.`);
		if (rest.outPath !== null) lines.push(rest.outPath);
		lines.push(`took ${duration(rest.wallSeconds)}`);
		return { json: { checkpoints, cases, ...rest }, text: lines.join("\n"), exitCode: exitCodeOf(rest) };
	},
});

function summaryCells({ step, best, correlation, ...numbers }: ValueSummary): string[] {
	const { auc, aucWithinPrompt, meanCorrect, meanWrong } = numbers;
	const shown = (value: number | null | undefined) => (value == null ? "-" : value.toFixed(3));
	const cells = [auc, aucWithinPrompt, meanCorrect, meanWrong, correlation?.pearson];
	return [`${step}${best ? " *" : ""}`, ...cells.map(shown)];
}
