import type { GradeResult } from "../../contract/jobs.ts";
import { defineCommand } from "../command.ts";
import { percent } from "../format.ts";
import { needed } from "../options.ts";
import { runJob } from "../run-job.ts";
import { columns, invalidRows, path, task } from "./shared.ts";

const SHOWN_DISAGREEMENTS = 10;

export const grade = defineCommand({
	name: "grade",
	summary: "label responses by comparing their answers with the references",
	about:
		"Where the data already holds labels, the grader is compared with them and every disagreement is listed.\n" +
		"The data file itself is never changed.",
	options: {
		data: needed(path("FILE", "responses with references")),
		columns,
		"invalid-rows": invalidRows,
		task: needed(task),
		out: path("FILE.jsonl", "write the labelled responses here, ready for dqo train"),
	},
	examples: [
		{
			line: "dqo grade --data responses.jsonl --task gsm8k --out labelled.jsonl",
			does: "label sampled responses for training",
		},
		{
			line: "dqo grade --data example_model_solutions.jsonl --task gsm8k --json",
			does: "hold the grader against labels that came with the data",
		},
	],
	async run({ data, columns, task, out, "invalid-rows": invalidRows }, context) {
		const { labels, graded, correct, accuracy, withoutReference } = await runJob<"grade">(
			{ kind: "grade", dataPath: data, columns, invalidRows, task, outPath: out ?? null, eventsPath: null },
			context,
		);
		const summary = {
			...(labels ?? {}),
			...{ graded, correct, accuracy, withoutReference },
			...(out === undefined ? {} : { out }),
		};
		return { json: summary, text: describe(summary) };
	},
});

function describe(
	summary: Pick<GradeResult, "graded" | "correct"> &
		Partial<NonNullable<GradeResult["labels"]>> & { accuracy: number; out?: string },
): string {
	const { disagreements = [] } = summary;
	const lines = [
		`${summary.correct} of ${summary.graded} responses are correct (${percent(summary.accuracy)})`,
	];
	if (summary.compared !== undefined) {
		lines.push(`the data's labels agree on ${summary.agree} of ${summary.compared}`);
		for (const one of disagreements.slice(0, SHOWN_DISAGREEMENTS)) {
			const from = one.source === undefined ? "" : ` (${one.source})`;
			lines.push(
				`  row ${one.row}${from}: labelled ${one.label}, graded ${one.graded}, read "${one.extracted ?? ""}"`,
			);
		}
		const more = disagreements.length - SHOWN_DISAGREEMENTS;
		if (more > 0) lines.push(`  and ${more} more; --json lists them all`);
	}
	if (summary.out !== undefined) lines.push(summary.out);
	return lines.join("\n");
}
