import { AppError } from "../contract/errors.ts";
import type { JobContext } from "../contract/job.ts";
import type { GradeResult, GradeSpec } from "../contract/jobs.ts";
import { loadDataset } from "../datasets/dataset.ts";
import { isCorrect } from "../datasets/outcome.ts";
import { requireClean } from "../datasets/problems.ts";
import type { Example } from "../datasets/types.ts";
import { graders } from "../grading/grader.ts";
import type { Verdict } from "../grading/verdict.ts";
import { ProgressReporter } from "../sampling/progress.ts";
import { requireFree, stoppedError, writeRowFiles } from "./files.ts";
import { rowOf } from "./rows.ts";

/** A response that can be graded: it has a reference to hold it against. */
type Gradable = Example & { response: string; reference: string };
interface Graded {
	readonly example: Gradable;
	readonly verdict: Verdict;
}

/** Responses graded between two looks at the messages that came in. */
const BATCH = 200;

/**
 * Labels responses by comparing their answers with the references, and holds the grader against labels that the data has:
 * the body of a `grade` job. The data file is not changed; a stop writes nothing.
 */
export async function gradeJob(spec: GradeSpec, context: JobContext): Promise<GradeResult> {
	const { dataPath, columns, task, outPath } = spec;
	if (outPath !== null) requireFree(outPath);
	context.emit({ type: "phase", phase: "load" });
	const dataset = await loadDataset(dataPath, { columns });
	requireClean(dataset, spec.invalidRows);
	const gradable = dataset.examples.filter(isGradable);
	if (gradable.length === 0) throw nothingToGrade(dataPath);
	const progress = new ProgressReporter(context, "grade");
	const graded: Graded[] = [];
	for (const example of gradable) {
		graded.push({ example, verdict: graders[task].grade(example.response, example.reference) });
		if (graded.length % BATCH !== 0) continue;
		await progress.report(graded.length, gradable.length);
		if (context.stopRequested()) throw stoppedError();
	}
	await progress.report(gradable.length, gradable.length);
	if (outPath !== null) writeRowFiles(new Map([[outPath, graded.map(labelledRow)]]));
	const correct = graded.filter(({ verdict }) => verdict.correct).length;
	return {
		reason: "completed",
		graded: graded.length,
		correct,
		accuracy: correct / graded.length,
		withoutReference: dataset.examples.length - graded.length,
		labels: againstLabels(graded),
		outPath,
	};
}

function isGradable(example: Example): example is Gradable {
	return example.response !== undefined && example.reference !== undefined;
}

/** The response in the scored form, with the grader's label in place of any older one. */
function labelledRow({ example, verdict }: Graded): Record<string, unknown> {
	return rowOf({ ...example, label: verdict.correct, reward: Number(verdict.correct) });
}

function againstLabels(graded: readonly Graded[]): GradeResult["labels"] {
	const labelled = graded.flatMap(({ example, verdict }) => {
		const label = isCorrect(example);
		return label === null ? [] : [{ example, verdict, label }];
	});
	if (labelled.length === 0) return null;
	const disagreements = labelled
		.filter(({ verdict, label }) => verdict.correct !== label)
		.map(({ example: { row, source, reference }, verdict, label }) => ({
			row,
			...(source === undefined ? {} : { source }),
			label,
			graded: verdict.correct,
			extracted: verdict.extracted,
			how: verdict.how,
			reference,
		}));
	return { compared: labelled.length, agree: labelled.length - disagreements.length, disagreements };
}

function nothingToGrade(path: string): AppError {
	return new AppError({
		code: "data-invalid",
		message: `${path} holds no response with a reference answer beside it.`,
		hint: 'Give rows with "prompt", "completion" and "reference", or the GSM8K model-outputs form.',
	});
}
