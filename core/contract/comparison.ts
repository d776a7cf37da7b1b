import { z } from "zod";
import { modelSourceSchema, promptSchema } from "./playground.ts";
import { computeSchema } from "./provider.ts";
import { samplingConfigSchema } from "./sampling.ts";
import { columnsSchema, invalidRowsSchema, taskSchema, templateSchema } from "./task.ts";

const path = z.string().min(1);
const count = z.int().min(0);
const share = z.number().min(0).max(1);
const interval = z.tuple([z.number(), z.number()]);

/** One side of a comparison: a model or a run to be evaluated, or the records of an evaluation. */
export const comparedSchema = z.discriminatedUnion("type", [
	modelSourceSchema.extend({ type: z.literal("model") }),
	z.strictObject({ type: z.literal("records"), path }),
]);
export type Compared = z.infer<typeof comparedSchema>;

export const compareSpecSchema = z.strictObject({
	kind: z.literal("compare"),
	a: comparedSchema,
	b: comparedSchema,
	/** Problems for the sides that are evaluated; null where both are records. */
	problems: z
		.strictObject({
			dataPath: path,
			columns: columnsSchema.optional(),
			invalidRows: invalidRowsSchema.optional(),
			task: taskSchema,
			template: templateSchema,
			/** Greedy answers take only its `maxNewTokens`. */
			sampling: samplingConfigSchema,
			/** Seeds for the sampled accuracy; 0 compares greedy answers alone. */
			sampledSeeds: count,
			maxPromptTokens: z.int().min(1),
			limit: z.int().min(1).nullable(),
		})
		.nullable(),
	/** Seed of the bootstrap. */
	seed: count,
	/** When set, both answers to every problem are written here as JSONL. */
	outPath: path.nullable(),
	threads: count,
	compute: computeSchema.optional(),
	eventsPath: path.nullable(),
});
export type CompareSpec = z.infer<typeof compareSpecSchema>;

const sideSchema = z.strictObject({
	accuracy: share,
	correct: count,
	/** Wilson 95 % interval. */
	interval,
});
export type Side = z.infer<typeof sideSchema>;

/** A problem that one side alone solved. */
const decidedSchema = z.strictObject({ row: count, prompt: promptSchema, a: z.string(), b: z.string() });

/** Two evaluations of the same problems, side by side. */
export const comparisonSchema = z.strictObject({
	/** Problems that both answered; the others are counted and left out. */
	n: count,
	onlyInA: count,
	onlyInB: count,
	a: sideSchema,
	b: sideSchema,
	bothCorrect: count,
	bothWrong: count,
	/** Accuracy of b minus that of a, with a paired bootstrap interval over problems. */
	difference: z.number(),
	interval,
	mcnemar: z.strictObject({ exact: share, midP: share }),
	/** The same difference of the sampled accuracies; null unless both were sampled. */
	sampled: z.strictObject({ a: share, b: share, difference: z.number(), interval }).nullable(),
	wonByA: z.array(decidedSchema),
	wonByB: z.array(decidedSchema),
});
export type Comparison = z.infer<typeof comparisonSchema>;

const answerSchema = z.strictObject({
	completion: z.string(),
	label: z.boolean(),
	extracted: z.string().nullable(),
});

/** One line of a comparison's file. */
export const comparedRowSchema = z.strictObject({
	row: count,
	prompt: promptSchema,
	reference: z.string().nullable(),
	a: answerSchema,
	b: answerSchema,
});
export type ComparedRow = z.infer<typeof comparedRowSchema>;

export const compareResultSchema = z.strictObject({
	reason: z.literal("completed"),
	comparison: comparisonSchema,
	outPath: z.string().nullable(),
	wallSeconds: z.number().min(0),
});
export type CompareResult = z.infer<typeof compareResultSchema>;
