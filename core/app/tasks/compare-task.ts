import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Paired, TaskSpec } from "../../contract/api-tasks.ts";
import { comparedRowSchema } from "../../contract/comparison.ts";
import { GREEDY_SAMPLING } from "../../contract/sampling.ts";
import { makeFolder } from "../../store/files.ts";
import { readJsonLines } from "../../store/json-lines.ts";
import { type Answered, paired, promptText } from "../compare/paired.ts";
import { modelSource } from "../model-source.ts";
import type { TaskRun } from "./task-run.ts";

/** Lets two models answer the same problems and pairs their answers. */
export async function compareTask(
	spec: Extract<TaskSpec, { kind: "compare" }>,
	task: TaskRun,
): Promise<Paired> {
	const { path: dataPath, columns } = task.services.data.entry(spec.dataId);
	const dir = join(task.services.context.dataDir, "cache", "compare");
	const outPath = join(dir, `${task.record.id}.jsonl`);
	makeFolder(dir);
	for (const left of [outPath, `${outPath}.partial`]) await rm(left, { force: true });
	const [a, b] = [modelSource(spec.a, task.services), modelSource(spec.b, task.services)];
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
	const rows = readJsonLines(outPath, comparedRowSchema);
	await rm(outPath, { force: true });
	const answersOf = (side: "a" | "b") =>
		rows.map((row): Answered => {
			const { completion, label, extracted } = row[side];
			const { reference } = row;
			return {
				...{ row: row.row, prompt: promptText(row.prompt), reference },
				...{ correct: label, extracted, response: completion },
			};
		});
	return paired([
		{ id: a.runId ?? a.label, label: a.label, step: null, answers: answersOf("a") },
		{ id: b.runId ?? b.label, label: b.label, step: null, answers: answersOf("b") },
	]);
}
