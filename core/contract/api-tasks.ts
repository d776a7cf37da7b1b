import { z } from "zod";
import {
	bytesSchema,
	checkpointRefSchema,
	countSchema,
	doneSchema,
	emptySchema,
	failureOrNullSchema,
	idSchema,
	intervalSchema,
	modelRefSchema,
	nameSchema,
	pathSchema,
	shareSchema,
	timeSchema,
} from "./api-common.ts";
import { method } from "./api-method.ts";
import { exportDtypeSchema, exportFormatIdSchema } from "./exports.ts";
import { guidedDecodingSchema, samplingConfigSchema, separatorSchema } from "./sampling.ts";
import { taskSchema, templateSchema } from "./task.ts";

const limit = z.int().min(1).nullable();

/** Work besides training, each in an engine process of its own, with progress and cancel. */
export const taskSpecSchema = z.discriminatedUnion("kind", [
	z.strictObject({
		kind: z.literal("generate"),
		name: nameSchema,
		model: modelRefSchema,
		dataId: idSchema,
		/** Labels each response; null leaves them unlabelled. */
		task: taskSchema.nullable(),
		template: templateSchema,
		sampling: samplingConfigSchema,
		maxPromptTokens: z.int().min(1),
		limit,
		dedupe: z.boolean(),
	}),
	z.strictObject({ kind: z.literal("grade"), name: nameSchema, dataId: idSchema, task: taskSchema }),
	z.strictObject({
		kind: z.literal("pairs"),
		name: nameSchema,
		dataId: idSchema,
		seed: z.int().min(0),
		/** Pairs kept; null keeps about half as many as there are responses, as the paper does. */
		count: z.int().min(1).nullable(),
	}),
	z.strictObject({
		kind: z.literal("process-scores"),
		name: nameSchema,
		model: modelRefSchema,
		dataId: idSchema,
		task: taskSchema,
		template: templateSchema,
		separator: separatorSchema,
		sampling: samplingConfigSchema,
		maxPromptTokens: z.int().min(1),
		limit,
	}),
	z.strictObject({
		kind: z.literal("split"),
		name: nameSchema,
		dataId: idSchema,
		validation: z.number().min(0).max(0.9),
		test: z.number().min(0).max(0.9),
		seed: z.int().min(0),
	}),
	z.strictObject({
		kind: z.literal("evaluate"),
		name: nameSchema,
		model: modelRefSchema,
		dataId: idSchema,
		task: taskSchema,
		template: templateSchema,
		sampling: samplingConfigSchema,
		sampledSeeds: countSchema,
		maxPromptTokens: z.int().min(1),
		guided: guidedDecodingSchema.nullable(),
		limit,
	}),
	z.strictObject({
		kind: z.literal("compare"),
		name: nameSchema,
		a: modelRefSchema,
		b: modelRefSchema,
		dataId: idSchema,
		task: taskSchema,
		template: templateSchema,
		maxPromptTokens: z.int().min(1),
		maxNewTokens: z.int().min(1),
		limit,
	}),
	z.strictObject({
		kind: z.literal("export"),
		name: nameSchema,
		runId: idSchema,
		checkpoint: checkpointRefSchema,
		format: exportFormatIdSchema,
		dtype: exportDtypeSchema.nullable(),
		/** false leaves out the run's value function. */
		valueHead: z.boolean().optional(),
		/** Where a new folder is made for it; null makes it under the app's exports. */
		parentDir: pathSchema.nullable(),
	}),
	/** The quick start: sample with the starter, train DQO on it, test before and after. */
	z.strictObject({ kind: z.literal("demo"), seed: z.int().min(0) }),
]);
export type TaskSpec = z.infer<typeof taskSpecSchema>;
export type TaskKind = TaskSpec["kind"];

/** A task's state; `result` is the job's result (see jobs.ts) or what its kind says below. */
export const taskStateSchema = z.strictObject({
	id: idSchema,
	kind: z.string(),
	name: z.string(),
	spec: taskSpecSchema,
	state: z.enum(["queued", "running", "stopping", "completed", "stopped", "failed"]),
	/** What it is busy with, in words. */
	phase: z.string().nullable(),
	done: z.number().min(0),
	total: z.number().min(0).nullable(),
	secondsLeft: z.number().nullable(),
	createdAt: timeSchema,
	finishedAt: timeSchema.nullable(),
	result: z.unknown().nullable(),
	failure: failureOrNullSchema,
	/** Data sets that it made, and the run that it trains. */
	dataIds: z.array(idSchema),
	runId: idSchema.nullable(),
});
export type TaskState = z.infer<typeof taskStateSchema>;

/** How long a task is likely to take. */
export const taskEstimateSchema = z.strictObject({
	seconds: z.number().min(0),
	/** Where every response is as long as it may be; null where that is not known. */
	mostSeconds: z.number().min(0).nullable(),
	/** What it is known from, in words. */
	from: z.string(),
});
export type TaskEstimate = z.infer<typeof taskEstimateSchema>;

/** `result` of a demo. */
export const demoResultSchema = z.strictObject({
	before: z.strictObject({ accuracy: shareSchema, interval: intervalSchema, n: countSchema }).nullable(),
	after: z.strictObject({ accuracy: shareSchema, interval: intervalSchema, n: countSchema }).nullable(),
});
export type DemoResult = z.infer<typeof demoResultSchema>;

/** `result` of a comparison, and what runs that answered the same held-out problems give without one. */
export const pairedSchema = z.strictObject({
	n: countSchema,
	sides: z.array(
		z.strictObject({
			/** A run's id, or a label. */
			id: z.string(),
			label: z.string(),
			step: countSchema.nullable(),
			correct: countSchema,
			accuracy: shareSchema,
			interval: intervalSchema,
		}),
	),
	/** Every pair of sides, by index: problems that one alone solved, the difference b - a, and McNemar's exact p. */
	pairs: z.array(
		z.strictObject({
			a: countSchema,
			b: countSchema,
			onlyA: countSchema,
			onlyB: countSchema,
			difference: z.number(),
			interval: intervalSchema,
			p: z.number().min(0).max(1),
		}),
	),
	problems: z.array(
		z.strictObject({
			row: countSchema,
			prompt: z.string(),
			reference: z.string().nullable(),
			/** One for each side. */
			answers: z.array(
				z.strictObject({ correct: z.boolean(), extracted: z.string().nullable(), response: z.string() }),
			),
		}),
	),
	/** Why some problems or runs are left out. */
	notes: z.array(z.string()),
});
export type Paired = z.infer<typeof pairedSchema>;

export const exportFormatSchema = z.strictObject({
	format: exportFormatIdSchema,
	label: z.string(),
	/** What it is for. */
	about: z.string(),
	opensIn: z.array(z.string()),
	dtypes: z.array(exportDtypeSchema),
	/** By dtype; under "" that of the weights in the formats that they have. */
	estimatedBytes: z.record(z.string(), bytesSchema),
	/** What the run's value function takes besides; null where there is none, or the format carries none. */
	valueHeadBytes: bytesSchema.nullable(),
	available: z.boolean(),
	reason: z.string().nullable(),
});
export type ExportFormat = z.infer<typeof exportFormatSchema>;

const byId = z.strictObject({ id: idSchema });

export const tasksApi = {
	"tasks.list": method(emptySchema, z.strictObject({ tasks: z.array(taskStateSchema) })),
	"tasks.get": method(byId, taskStateSchema),
	"tasks.start": method(taskSpecSchema, z.strictObject({ id: idSchema })),
	/** What a task would take; null where nothing is known of its pace. */
	"tasks.estimate": method(taskSpecSchema, z.strictObject({ estimate: taskEstimateSchema.nullable() })),
	"tasks.cancel": method(byId, doneSchema),
	/** Takes a finished task off the list; what it made stays. */
	"tasks.dismiss": method(byId, doneSchema),
	/** Starts a failed or stopped task again; rows that it had written are kept where its kind can. */
	"tasks.retry": method(byId, doneSchema),
	/** Up to 8 runs on the held-out problems that all of them answered, from their own files. */
	"compare.heldOut": method(z.strictObject({ runIds: z.array(idSchema).min(1).max(8) }), pairedSchema),
	"exports.formats": method(
		z.strictObject({
			runId: idSchema,
			checkpoint: checkpointRefSchema,
			/** As in the task: where the export is to lie. */
			parentDir: pathSchema.nullable(),
		}),
		z.strictObject({
			formats: z.array(exportFormatSchema),
			/** Of the disk that `parentDir` lies on. */
			freeBytes: bytesSchema,
			/** The app's own folder of exports. */
			defaultDir: z.string(),
		}),
	),
} as const;
