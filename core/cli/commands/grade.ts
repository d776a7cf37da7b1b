import { existsSync } from "node:fs";
import { AppError } from "../../contract/errors.ts";
import type { Task } from "../../contract/task.ts";
import { loadDataset } from "../../datasets/dataset.ts";
import { isCorrect } from "../../datasets/outcome.ts";
import { requireClean } from "../../datasets/problems.ts";
import type { Example } from "../../datasets/types.ts";
import { graders } from "../../grading/grader.ts";
import type { Verdict } from "../../grading/verdict.ts";
import { atomicWrite } from "../../store/files.ts";
import { defineCommand } from "../command.ts";
import { percent } from "../format.ts";
import { needed, usageError } from "../options.ts";
import { columns, path, task } from "./shared.ts";

/** A response that can be graded: it has a reference to hold it against. */
type Gradable = Example & { response: string; reference: string };
interface Graded {
	example: Gradable;
	verdict: Verdict;
}

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
	async run({ data, columns, task, out }) {
		if (out !== undefined && existsSync(out)) {
			throw usageError(`${out} already exists.`, "Choose another name; files are never overwritten.");
		}
		const dataset = await loadDataset(data, { columns });
		requireClean(dataset);
		const gradable = dataset.examples.filter(isGradable);
		if (gradable.length === 0) throw nothingToGrade(data);
		const graded = gradable.map((example) => ({ example, verdict: gradeOne(task, example) }));
		if (out !== undefined) {
			atomicWrite(out, graded.map((one) => `${JSON.stringify(labelledRow(one))}\n`).join(""));
		}
		const correct = graded.filter(({ verdict }) => verdict.correct).length;
		const labelled = graded.flatMap((one) => {
			const label = isCorrect(one.example);
			return label === null ? [] : [{ ...one, label }];
		});
		const disagreements = labelled
			.filter(({ verdict, label }) => verdict.correct !== label)
			.map(({ example, verdict, label }) => ({
				row: example.row,
				...(example.source === undefined ? {} : { source: example.source }),
				label,
				graded: verdict.correct,
				extracted: verdict.extracted,
				how: verdict.how,
				reference: example.reference,
			}));
		const compared =
			labelled.length === 0
				? {}
				: { compared: labelled.length, agree: labelled.length - disagreements.length, disagreements };
		const summary = {
			...compared,
			graded: graded.length,
			correct,
			accuracy: correct / graded.length,
			withoutReference: dataset.examples.length - graded.length,
			...(out === undefined ? {} : { out }),
		};
		return { json: summary, text: describe(summary, disagreements) };
	},
});

function isGradable(example: Example): example is Gradable {
	return example.response !== undefined && example.reference !== undefined;
}

function gradeOne(task: Task, { response, reference }: Gradable): Verdict {
	return graders[task].grade(response, reference);
}

/** The response in the scored form, with the grader's label in place of any older one. */
function labelledRow({ example, verdict }: Graded): Record<string, unknown> {
	return {
		prompt: example.prompt,
		completion: example.response,
		label: verdict.correct,
		reference: example.reference,
		source: example.source,
		segments: example.segments,
		segment_rewards: example.segmentRewards,
		behaviour_logprobs: example.behaviourLogprobs,
		response_token_ids: example.responseTokenIds,
	};
}

function nothingToGrade(path: string): AppError {
	return new AppError({
		code: "data-invalid",
		message: `${path} holds no response with a reference answer beside it.`,
		hint: 'Give rows with "prompt", "completion" and "reference", or the GSM8K model-outputs form.',
	});
}

function describe(
	summary: {
		graded: number;
		correct: number;
		accuracy: number;
		compared?: number;
		agree?: number;
		out?: string;
	},
	disagreements: readonly {
		row: number;
		source?: string;
		label: boolean;
		graded: boolean;
		extracted: string | null;
	}[],
): string {
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
