import { z } from "zod";
import { eventsPath, limit, path, reason, threads } from "./job-common.ts";
import { computeSchema } from "./provider.ts";
import { invalidRowsSchema } from "./task.ts";

export const valuesSpecSchema = z.strictObject({
	kind: z.literal("values"),
	/** Folder of a run whose method has a value function. */
	runDir: path,
	/** Rows with responses; those with segment rewards are compared with V. */
	dataPath: path,
	invalidRows: invalidRowsSchema.optional(),
	checkpoint: z.union([z.enum(["best", "last", "all"]), z.int().min(0)]),
	/** When set, V and the log-probs of every token are written here as JSONL, a line for each row and checkpoint. */
	outPath: path.nullable(),
	/** Rows shown segment by segment; null takes the first wrong responses. */
	caseRows: z.array(z.int().min(0)).nullable(),
	limit,
	threads,
	compute: computeSchema.optional(),
	eventsPath,
});
export type ValuesSpec = z.infer<typeof valuesSpecSchema>;

const correlationSchema = z.strictObject({
	/** Null where one side does not vary. */
	pearson: z.number().min(-1).max(1).nullable(),
	spearman: z.number().min(-1).max(1).nullable(),
	n: z.int().min(0),
});
const auc = z.number().min(0).max(1).nullable();

/** What the value function of one checkpoint says of the rows. */
export const valueSummarySchema = z.strictObject({
	step: z.int().min(0),
	best: z.boolean(),
	/** Area under the ROC curve of V at the last token against correctness; null unless both kinds are there. */
	auc,
	/** The same over pairs of responses to one prompt alone: how hard the prompt is does not count. */
	aucWithinPrompt: auc,
	/** `auc` at 10 %, 20 % ... 100 % of each response's tokens. */
	aucByPosition: z.array(auc).length(10),
	/** Mean V at the last token of correct and of wrong responses; null where there are none. */
	meanCorrect: z.number().nullable(),
	meanWrong: z.number().nullable(),
	/** V at segment ends against process scores, over all responses and over the wrong ones alone. */
	correlation: correlationSchema.nullable(),
	correlationWrong: correlationSchema.nullable(),
});
export type ValueSummary = z.infer<typeof valueSummarySchema>;

/** One response with V after each of its segments. */
export const valueCaseSchema = z.strictObject({
	step: z.int().min(0),
	row: z.int().min(0),
	prompt: z.string(),
	segments: z.array(z.strictObject({ text: z.string(), value: z.number(), score: z.number().nullable() })),
	verdict: z.enum(["correct", "wrong"]).nullable(),
});
export type ValueCase = z.infer<typeof valueCaseSchema>;

export const valuesResultSchema = z.strictObject({
	reason,
	rows: z.int().min(0),
	correct: z.int().min(0),
	wrong: z.int().min(0),
	/** Rows left out because their prompt is too long. */
	skippedRows: z.int().min(0),
	/** Oldest step first. */
	checkpoints: z.array(valueSummarySchema),
	/** Under the last of the checkpoints. */
	cases: z.array(valueCaseSchema),
	outPath: z.string().nullable(),
	wallSeconds: z.number().min(0),
});
export type ValuesResult = z.infer<typeof valuesResultSchema>;
