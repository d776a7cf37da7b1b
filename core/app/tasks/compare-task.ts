import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Paired, TaskSpec } from "../../contract/api-tasks.ts";
import { GREEDY_SAMPLING } from "../../contract/sampling.ts";
import { readRecords } from "../../evaluation/records.ts";
import { type Answered, paired, promptText } from "../compare/paired.ts";
import { modelSource } from "./model-source.ts";
import type { TaskRun } from "./task-run.ts";

/** Evaluates two models on the same problems, one after the other, and pairs their answers. */
export async function compareTask(
	spec: Extract<TaskSpec, { kind: "compare" }>,
	task: TaskRun,
): Promise<Paired> {
	const { path, columns } = task.services.data.entry(spec.dataId);
	const dir = join(task.services.context.dataDir, "cache", "compare", task.record.id);
	const sides: { id: string; label: string; step: null; answers: Answered[] }[] = [];
	for (const [i, ref] of [spec.a, spec.b].entries()) {
		const source = modelSource(ref, task.services);
		task.part(`${i + 1} of 2: ${source.label}`);
		const outPath = join(dir, `${i}.jsonl`);
		await rm(outPath, { force: true });
		await rm(`${outPath}.partial`, { force: true });
		await task.job<"evaluate">({
			kind: "evaluate",
			modelDir: source.dir,
			checkpoint: source.checkpoint,
			dataPath: path,
			columns,
			task: spec.task,
			template: spec.template,
			sampling: { ...GREEDY_SAMPLING, maxNewTokens: spec.maxNewTokens },
			sampledSeeds: 0,
			maxPromptTokens: spec.maxPromptTokens,
			outPath,
			limit: spec.limit,
			threads: task.threads,
			eventsPath: null,
		});
		const answers = readRecords(outPath).map(
			({ row, prompt, completion, label, extracted }): Answered => ({
				row,
				prompt: promptText(prompt),
				reference: null,
				correct: label,
				extracted,
				response: completion,
			}),
		);
		sides.push({ id: source.runId ?? source.label, label: source.label, step: null, answers });
	}
	await rm(dir, { recursive: true, force: true });
	return paired(sides);
}
