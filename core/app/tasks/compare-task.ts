import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Paired, TaskSpec } from "../../contract/api-tasks.ts";
import { type ComparedRow, comparedRowSchema } from "../../contract/comparison.ts";
import { GREEDY_SAMPLING } from "../../contract/sampling.ts";
import { makeFolder } from "../../store/files.ts";
import { readJsonLines } from "../../store/json-lines.ts";
import { type Answered, promptText } from "../compare/paired.ts";
import { modelSource, type SourceOfModel } from "../model-source.ts";
import { scratchDir } from "../storage/scratch.ts";
import type { TaskRun } from "./task-run.ts";

/** Lets two models answer the same problems and pairs their answers. */
export async function compareTask(
	spec: Extract<TaskSpec, { kind: "compare" }>,
	task: TaskRun,
): Promise<Paired> {
	const [a, b] = [modelSource(spec.a, task.services), modelSource(spec.b, task.services)];
	const rows = await answerAll(spec, [a, b], task);
	const answersOf = (side: "a" | "b") =>
		rows.map((row): Answered => {
			const { completion, label, extracted } = row[side];
			const { reference } = row;
			return {
				...{ row: row.row, prompt: promptText(row.prompt), reference },
				...{ correct: label, extracted, response: completion },
			};
		});
	const sides = [
		{ id: a.runId ?? a.label, label: a.label, step: null, answers: answersOf("a") },
		{ id: b.runId ?? b.label, label: b.label, step: null, answers: answersOf("b") },
	];
	return task.services.thread.ask("pairAnswers", { sides, notes: [] });
}

async function answerAll(
	spec: Extract<TaskSpec, { kind: "compare" }>,
	[a, b]: readonly [SourceOfModel, SourceOfModel],
	task: TaskRun,
): Promise<ComparedRow[]> {
	const { path: dataPath, columns } = task.services.data.entry(spec.dataId);
	const dir = join(scratchDir(task.services.context.dataDir, "compare"), task.record.id);
	const outPath = join(dir, "rows.jsonl");
	try {
		makeFolder(dir);
		await task.job<"compare">({
			kind: "compare",
			a: { type: "model", dir: a.dir, checkpoint: a.checkpoint },
			b: { type: "model", dir: b.dir, checkpoint: b.checkpoint },
			problems: {
				dataPath,
				columns,
				invalidRows: "skip",
				task: spec.task,
				template: spec.template,
				sampling: { ...GREEDY_SAMPLING, maxNewTokens: spec.maxNewTokens },
				sampledSeeds: 0,
				maxPromptTokens: spec.maxPromptTokens,
				limit: spec.limit,
			},
			seed: 0,
			outPath,
			...task.machine,
			eventsPath: null,
		});
		return readJsonLines(outPath, comparedRowSchema);
	} finally {
		await rm(dir, { recursive: true, force: true });
	}
}
