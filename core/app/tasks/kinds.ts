import { existsSync, readdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import type { DataEntry } from "../../contract/api-data.ts";
import type { TaskKind, TaskSpec } from "../../contract/api-tasks.ts";
import { makeFolder, removeTemporaries } from "../../store/files.ts";
import { freeName } from "../../store/names.ts";
import { modelSource } from "../model-source.ts";
import { compareTask } from "./compare-task.ts";
import { demoTask } from "./demo-task.ts";
import type { TaskRun } from "./task-run.ts";

type Spec<K extends TaskKind> = Extract<TaskSpec, { kind: K }>;
type Kinds = { readonly [K in TaskKind]: (spec: Spec<K>, task: TaskRun) => Promise<unknown> };

/** Pairs for each response, as in the paper. */
const PAPER_RATIO = 0.5;

/** What each kind of task does; each gives back its result. */
const KINDS: Kinds = {
	generate: async (spec, task) => {
		const outPath = task.generated(".jsonl");
		const { template, sampling, maxPromptTokens, limit, dedupe } = spec;
		const result = await task.job<"generate">({
			kind: "generate",
			...sourceOf(spec.model, task),
			...dataOf(spec.dataId, task),
			outPath,
			task: spec.task,
			...{ template, sampling, maxPromptTokens, limit, dedupe },
			resume: true,
			...task.machine,
			eventsPath: null,
		});
		task.register(outPath, spec.name);
		return result;
	},
	"process-scores": async (spec, task) => {
		const outPath = task.generated(".jsonl");
		const { template, separator, sampling, maxPromptTokens, limit } = spec;
		const result = await task.job<"process-scores">({
			kind: "process-scores",
			...sourceOf(spec.model, task),
			...dataOf(spec.dataId, task),
			outPath,
			task: spec.task,
			...{ template, separator, sampling, maxPromptTokens, limit },
			resume: true,
			...task.machine,
			eventsPath: null,
		});
		task.register(outPath, spec.name);
		return result;
	},
	grade: async (spec, task) => {
		const outPath = await task.anew(".jsonl");
		const result = await task.job<"grade">({
			kind: "grade",
			...dataOf(spec.dataId, task),
			task: spec.task,
			outPath,
			eventsPath: null,
		});
		task.register(outPath, spec.name);
		return result;
	},
	pairs: async (spec, task) => {
		const outPath = await task.anew(".jsonl");
		const { usableRows } = task.services.data.entry(spec.dataId);
		const ratio = spec.count === null ? PAPER_RATIO : spec.count / Math.max(1, usableRows);
		const result = await task.job<"pairs">({
			kind: "pairs",
			...dataOf(spec.dataId, task),
			outPath,
			ratio,
			seed: spec.seed,
			eventsPath: null,
		});
		task.register(outPath, spec.name);
		return result;
	},
	split: async (spec, task) => {
		const { validation, test, seed } = spec;
		const result = await task.job<"split">({
			kind: "split",
			...dataOf(spec.dataId, task),
			outDir: await task.anew(""),
			...{ validation, test, seed },
			eventsPath: null,
		});
		for (const { path, name } of result.parts) task.register(path, `${spec.name}, ${name}`);
		return result;
	},
	evaluate: async (spec, task) => {
		const { template, sampling, sampledSeeds, maxPromptTokens, guided, limit } = spec;
		return task.job<"evaluate">({
			kind: "evaluate",
			...sourceOf(spec.model, task),
			...dataOf(spec.dataId, task),
			task: spec.task,
			...{ template, sampling, sampledSeeds, maxPromptTokens, limit },
			...(guided === null ? {} : { guided }),
			outPath: null,
			...task.machine,
			eventsPath: null,
		});
	},
	compare: compareTask,
	export: async (spec, task) => {
		const { dir: runDir } = task.services.runs.entry(spec.runId);
		const outDir = newExportDir(spec, task);
		const { checkpoint, format, dtype, valueHead } = spec;
		const { threads } = task.machine;
		try {
			return await task.job<"export">({
				kind: "export",
				runDir,
				checkpoint,
				format,
				outDir,
				dtype,
				valueHead,
				threads,
			});
		} finally {
			removeUnfinishedExport(outDir);
		}
	},
	demo: demoTask,
};

/** Does what a task's specification asks for, and gives back its result. */
export function perform(task: TaskRun): Promise<unknown> {
	const { spec } = task.record;
	// The table ties each kind to its own specification; the compiler cannot follow that through the lookup.
	const kind = KINDS[spec.kind] as (spec: TaskSpec, task: TaskRun) => Promise<unknown>;
	return kind(spec, task);
}

/** Kinds that keep the processor busy for long: they wait their turn in the queue. */
export const HEAVY: ReadonlySet<TaskKind> = new Set<TaskKind>([
	"generate",
	"process-scores",
	"evaluate",
	"compare",
	"demo",
]);

function sourceOf(ref: Spec<"generate">["model"], task: TaskRun) {
	const { dir, checkpoint } = modelSource(ref, task.services);
	return { modelDir: dir, checkpoint };
}

function dataOf(
	id: string,
	task: TaskRun,
): { dataPath: string; columns: DataEntry["columns"]; invalidRows: "skip" } {
	const { path, columns } = task.services.data.entry(id);
	// The window shows which rows have errors, and says that they are left out.
	return { dataPath: path, columns, invalidRows: "skip" };
}

/** A new folder, made here so that another export of the same run cannot be given it too. */
function newExportDir({ runId, format, parentDir }: Spec<"export">, task: TaskRun): string {
	const { dataDir, places } = task.services.context;
	const parent = parentDir === null ? join(dataDir, "exports") : places.check(parentDir);
	const dir = join(parent, freeName(parent, `${runId.replaceAll("/", "-")}-${format}`));
	makeFolder(dir);
	return dir;
}

/** What is left of an export that did not come to its end: the folder made for it, and what its process had written. */
function removeUnfinishedExport(outDir: string): void {
	removeTemporaries(outDir);
	if (existsSync(outDir) && readdirSync(outDir).length === 0) rmdirSync(outDir);
}
