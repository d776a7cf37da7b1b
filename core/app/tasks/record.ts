import { existsSync } from "node:fs";
import { z } from "zod";
import { type TaskState, taskSpecSchema } from "../../contract/api-tasks.ts";
import { failureSchema } from "../../contract/error-body.ts";
import { AppError } from "../../contract/errors.ts";
import { readVersioned, type VersionedFormat, writeVersioned } from "../../store/versioned.ts";

/** What is kept of a task over restarts. */
const taskRecordSchema = z.strictObject({
	id: z.string(),
	name: z.string(),
	spec: taskSpecSchema,
	/** `begun` also of a task whose app went down meanwhile. */
	state: z.enum(["waiting", "begun", "completed", "stopped", "failed"]),
	createdAt: z.number(),
	finishedAt: z.number().nullable(),
	result: z.unknown(),
	failure: failureSchema.nullable(),
	dataIds: z.array(z.string()),
	runId: z.string().nullable(),
	/** What its parts have found so far, by name, so that another try need not find it again. */
	found: z.record(z.string(), z.unknown()),
});
export type TaskRecord = z.infer<typeof taskRecordSchema>;

const fileSchema = z.strictObject({ schemaVersion: z.literal(1), tasks: z.array(taskRecordSchema) });
const FORMAT: VersionedFormat<z.infer<typeof fileSchema>> = {
	what: "list of tasks",
	version: 1,
	schema: fileSchema,
	migrations: {},
};

/** A damaged list must not keep the app from starting; what the tasks made is there all the same. */
export function readTasks(path: string): TaskRecord[] {
	if (!existsSync(path)) return [];
	try {
		return readVersioned(path, FORMAT).tasks;
	} catch (error) {
		if (error instanceof AppError) return [];
		throw error;
	}
}

export function writeTasks(path: string, tasks: readonly TaskRecord[]): void {
	writeVersioned(path, FORMAT, { schemaVersion: 1, tasks: [...tasks] });
}

/** What moves while a task is at work. */
export interface Progress {
	phase: string | null;
	done: number;
	total: number | null;
	secondsLeft: number | null;
}

export const NO_PROGRESS: Progress = { phase: null, done: 0, total: null, secondsLeft: null };

export function taskState(
	record: TaskRecord,
	state: TaskState["state"],
	progress: Progress = NO_PROGRESS,
): TaskState {
	const { id, name, spec, createdAt, finishedAt, result, failure, dataIds, runId } = record;
	const shared = { id, kind: spec.kind, name, spec, state, createdAt, finishedAt, dataIds, runId };
	return { ...shared, ...progress, result: result ?? null, failure };
}
