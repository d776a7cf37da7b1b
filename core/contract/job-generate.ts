import { z } from "zod";
import { checkpointOfRun, eventsPath, limit, path, reason, resume, threads } from "./job-common.ts";
import { computeSchema } from "./provider.ts";
import { samplingConfigSchema, separatorSchema } from "./sampling.ts";
import { columnsSchema, invalidRowsSchema, taskSchema, templateSchema } from "./task.ts";

export const generateSpecSchema = z.strictObject({
	kind: z.literal("generate"),
	/** A model folder or a run's folder. */
	modelDir: path,
	checkpoint: checkpointOfRun,
	dataPath: path,
	columns: columnsSchema.optional(),
	invalidRows: invalidRowsSchema.optional(),
	outPath: path,
	/** When set, each response is labelled with this grader. */
	task: taskSchema.nullable(),
	template: templateSchema,
	sampling: samplingConfigSchema,
	maxPromptTokens: z.int().min(1),
	limit,
	resume,
	/** Write responses of one prompt that have the same text once. */
	dedupe: z.boolean().optional(),
	threads,
	compute: computeSchema.optional(),
	eventsPath,
});
export type GenerateSpec = z.infer<typeof generateSpecSchema>;

export const generateResultSchema = z.strictObject({
	reason,
	outPath: z.string(),
	prompts: z.int().min(0),
	responses: z.int().min(0),
	/** Prompts left out because they are longer than `maxPromptTokens`. */
	skippedPrompts: z.int().min(0),
	/** Labelled responses that are correct; null when they were not graded. */
	correct: z.int().min(0).nullable(),
	responseTokens: z.int().min(0),
	/** Responses cut at `maxNewTokens`, without an end token. */
	truncated: z.int().min(0),
	/** Responses left out because an equal one of their prompt is there. */
	duplicates: z.int().min(0),
	/** Of the responses, those that an interrupted job had written before. */
	resumed: z.int().min(0),
	wallSeconds: z.number().min(0),
});
export type GenerateResult = z.infer<typeof generateResultSchema>;

export const processScoresSpecSchema = z.strictObject({
	kind: z.literal("process-scores"),
	/** A model folder or a run's folder; it completes the prefixes. */
	modelDir: path,
	checkpoint: checkpointOfRun,
	/** Responses with references; those without label or reward are graded first. */
	dataPath: path,
	columns: columnsSchema.optional(),
	invalidRows: invalidRowsSchema.optional(),
	outPath: path,
	task: taskSchema,
	template: templateSchema,
	separator: separatorSchema,
	/** How prefixes are completed; `n` is the number of roll-outs. */
	sampling: samplingConfigSchema,
	maxPromptTokens: z.int().min(1),
	limit,
	resume,
	threads,
	compute: computeSchema.optional(),
	eventsPath,
});
export type ProcessScoresSpec = z.infer<typeof processScoresSpecSchema>;

export const processScoresResultSchema = z.strictObject({
	reason,
	outPath: z.string(),
	/** Responses written, and how many of them are correct. */
	responses: z.int().min(0),
	correct: z.int().min(0),
	/** Wrong responses of which at least the first segment scores 1. */
	recovered: z.int().min(0),
	segments: z.int().min(0),
	/** Responses left out because their prompt is longer than `maxPromptTokens`. */
	skipped: z.int().min(0),
	/** Of the responses, those that an interrupted job had written before. */
	resumed: z.int().min(0),
	/** Of this job alone: prefixes completed, prefixes known from another response, tokens drawn. */
	prefixes: z.int().min(0),
	reusedPrefixes: z.int().min(0),
	rolloutTokens: z.int().min(0),
	wallSeconds: z.number().min(0),
});
export type ProcessScoresResult = z.infer<typeof processScoresResultSchema>;
