import { z } from "zod";
import { count, eventsPath, path, share } from "./job-common.ts";
import { columnsSchema, invalidRowsSchema, taskSchema } from "./task.ts";

const completed = z.literal("completed");

export const gradeSpecSchema = z.strictObject({
	kind: z.literal("grade"),
	/** Responses with references. */
	dataPath: path,
	columns: columnsSchema.optional(),
	invalidRows: invalidRowsSchema.optional(),
	task: taskSchema,
	/** When set, the labelled responses are written here as JSONL, ready to train on. */
	outPath: path.nullable(),
	eventsPath,
});
export type GradeSpec = z.infer<typeof gradeSpecSchema>;

export const gradeResultSchema = z.strictObject({
	reason: completed,
	graded: count,
	correct: count,
	accuracy: share,
	/** Rows that could not be graded. */
	withoutReference: count,
	/** How the grader agrees with labels that the data holds; null where it holds none. */
	labels: z
		.strictObject({
			compared: count,
			agree: count,
			disagreements: z.array(
				z.strictObject({
					row: count,
					source: z.string().optional(),
					label: z.boolean(),
					graded: z.boolean(),
					extracted: z.string().nullable(),
					how: z.string(),
					reference: z.string(),
				}),
			),
		})
		.nullable(),
	outPath: z.string().nullable(),
});
export type GradeResult = z.infer<typeof gradeResultSchema>;

export const pairsSpecSchema = z.strictObject({
	kind: z.literal("pairs"),
	/** Responses with a reward or a label. */
	dataPath: path,
	columns: columnsSchema.optional(),
	invalidRows: invalidRowsSchema.optional(),
	outPath: path,
	ratio: z.number().positive().describe("Pairs kept for each response."),
	seed: z.int().min(0),
	eventsPath,
});
export type PairsSpec = z.infer<typeof pairsSpecSchema>;

export const pairsResultSchema = z.strictObject({
	reason: completed,
	pairs: count,
	/** Pairs of a correct and a wrong response to one prompt, of which `pairs` were kept. */
	possible: count,
	trajectories: count,
	prompts: count,
	promptsWithoutPair: count,
	/** Rows without a scored response, left out. */
	unscored: count,
	outPath: z.string(),
});
export type PairsResult = z.infer<typeof pairsResultSchema>;

const fraction = z.number().min(0).lt(1);
export const splitSpecSchema = z.strictObject({
	kind: z.literal("split"),
	dataPath: path,
	columns: columnsSchema.optional(),
	invalidRows: invalidRowsSchema.optional(),
	/** Folder for train.jsonl, validation.jsonl and test.jsonl; a part with the share 0 has no file. */
	outDir: path,
	validation: fraction.describe("Share of prompts in validation.jsonl."),
	test: fraction.describe("Share of prompts in test.jsonl; the rest is in train.jsonl."),
	seed: z.int().min(0),
	eventsPath,
});
export type SplitSpec = z.infer<typeof splitSpecSchema>;

export const splitResultSchema = z.strictObject({
	reason: completed,
	/** The files written, those without rows left out. */
	parts: z.array(
		z.strictObject({
			name: z.enum(["train", "validation", "test"]),
			path: z.string(),
			prompts: count,
			rows: count,
		}),
	),
});
export type SplitResult = z.infer<typeof splitResultSchema>;
