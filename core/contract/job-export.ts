import { z } from "zod";
import { exportDtypeSchema, exportFormatIdSchema } from "./exports.ts";
import { path, threads } from "./job-common.ts";

export const exportSpecSchema = z.strictObject({
	kind: z.literal("export"),
	runDir: path,
	checkpoint: z
		.union([z.enum(["best", "last"]), z.int().min(0)])
		.describe("Which one; a number is its step."),
	format: exportFormatIdSchema,
	outDir: path,
	/** Number format of the weights, one that the format has; null keeps each tensor's own. */
	dtype: exportDtypeSchema.nullable(),
	/** false leaves out the run's value function, which is written beside an hf or peft export where there is one. */
	valueHead: z.boolean().optional(),
	threads,
});
export type ExportSpec = z.infer<typeof exportSpecSchema>;

export const exportComparisonSchema = z.strictObject({
	/** Largest absolute difference of a logit over the positions of a prompt and its greedy answer. */
	maxLogitDifference: z.number().min(0),
	/** The most that the written weight format accounts for. */
	tolerance: z.number().min(0),
	/** Tokens of the greedy answer up to the first that differs, and its length. */
	greedyEqual: z.int().min(0),
	greedyTokens: z.int().min(0),
});
export type ExportComparison = z.infer<typeof exportComparisonSchema>;

export const exportResultSchema = z.strictObject({
	reason: z.literal("completed"),
	dir: z.string(),
	/** Step of the checkpoint that was exported. */
	step: z.int().min(0),
	files: z.array(z.strictObject({ name: z.string(), bytes: z.int().min(0) })),
	bytes: z.int().min(0),
	/** What was checked by reopening the files, a sentence each. */
	checks: z.array(z.string()),
	/** What a user of the files should know, a sentence each. */
	notes: z.array(z.string()).default([]),
	/** Whether the reopened files answer as the run's own policy does. */
	verified: z.boolean(),
	/** What the comparison measured; null when it could not be made. */
	comparison: exportComparisonSchema.nullable(),
	/** Why it is not verified; null when it is. */
	problem: z.string().nullable(),
});
export type ExportResult = z.infer<typeof exportResultSchema>;
