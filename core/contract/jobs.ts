import { z } from "zod";
import { compareResultSchema, compareSpecSchema } from "./comparison.ts";
import { exportDtypeSchema, exportFormatIdSchema } from "./exports.ts";
import { parityResultSchema, paritySpecSchema } from "./parity.ts";
import {
	inspectResultSchema,
	inspectSpecSchema,
	playgroundResultSchema,
	playgroundSpecSchema,
} from "./playground.ts";
import { computeSchema, providerSchema } from "./provider.ts";
import { runConfigSchema } from "./run.ts";
import { guidedDecodingSchema, samplingConfigSchema, separatorSchema } from "./sampling.ts";
import { columnsSchema, invalidRowsSchema, taskSchema, templateSchema } from "./task.ts";

const path = z.string().min(1);
const threads = z.int().min(0).describe("CPU threads; 0 takes every core.");
const limit = z.int().min(1).nullable().describe("Only the first rows of the file; null takes all.");
const resume = z
	.boolean()
	.optional()
	.describe("Go on from the rows of an interrupted job with the same settings, where there are any.");
const checkpointOfRun = z
	.union([z.enum(["best", "last"]), z.int().min(0)])
	.optional()
	.describe("Which checkpoint, where the model is a run; the best unless given.");
const eventsPath = path.nullable().describe("File the events are appended to; null only sends them.");

export const trainSpecSchema = z.strictObject({
	kind: z.literal("train"),
	runDir: path,
	config: runConfigSchema,
	/** Continue from the last checkpoint in `runDir`; otherwise `runDir` must hold no run. */
	resume: z.boolean(),
	/** Which GPU of several; `config.provider` says whether one is used at all. */
	deviceId: z.int().min(0).optional(),
});
export type TrainSpec = z.infer<typeof trainSpecSchema>;

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

export const evaluateSpecSchema = z.strictObject({
	kind: z.literal("evaluate"),
	/** A model folder or a run's folder. */
	modelDir: path,
	checkpoint: checkpointOfRun,
	dataPath: path,
	columns: columnsSchema.optional(),
	invalidRows: invalidRowsSchema.optional(),
	task: taskSchema,
	template: templateSchema,
	/** Used for the sampled accuracy; greedy accuracy takes only its `maxNewTokens`. */
	sampling: samplingConfigSchema,
	/** Seeds for the sampled accuracy, counted up from `sampling.seed`; 0 measures greedy alone. */
	sampledSeeds: z.int().min(0),
	maxPromptTokens: z.int().min(1),
	/** Also measures responses chosen by the value function of the run in `modelDir`. */
	guided: guidedDecodingSchema.optional(),
	/** When set, a record of each problem is written here as JSONL: the greedy response, its tokens, the sampled verdicts. */
	outPath: path.nullable(),
	limit,
	threads,
	compute: computeSchema.optional(),
	eventsPath,
});
export type EvaluateSpec = z.infer<typeof evaluateSpecSchema>;

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

export const probeSpecSchema = z.strictObject({
	kind: z.literal("probe-provider"),
	provider: providerSchema,
});
export type ProbeSpec = z.infer<typeof probeSpecSchema>;

/** Everything an engine process can be asked to do; one process does one of them. */
export const jobSpecSchema = z.discriminatedUnion("kind", [
	trainSpecSchema,
	generateSpecSchema,
	processScoresSpecSchema,
	evaluateSpecSchema,
	valuesSpecSchema,
	exportSpecSchema,
	gradeSpecSchema,
	pairsSpecSchema,
	splitSpecSchema,
	compareSpecSchema,
	inspectSpecSchema,
	playgroundSpecSchema,
	probeSpecSchema,
	paritySpecSchema,
]);
export type JobSpec = z.infer<typeof jobSpecSchema>;
export type JobKind = JobSpec["kind"];

const reason = z.enum(["completed", "stopped"]);

export const trainResultSchema = z.strictObject({
	reason,
	steps: z.int().min(0),
	epochs: z.number().min(0),
	/** Checkpoint folders relative to the run's folder; null when none was written. */
	lastCheckpoint: z.string().nullable(),
	bestCheckpoint: z.string().nullable(),
	bestStep: z.int().min(0).nullable(),
	/** Validation accuracy of the best checkpoint, 0 to 1. */
	bestAccuracy: z.number().min(0).max(1).nullable(),
	wallSeconds: z.number().min(0),
});
export type TrainResult = z.infer<typeof trainResultSchema>;

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

const share = z.number().min(0).max(1);
/** A 95 % confidence interval. */
const interval = z.tuple([z.number(), z.number()]);

export const evaluateResultSchema = z.strictObject({
	reason,
	/** Share of problems solved, with its Wilson interval. */
	greedy: z.strictObject({ accuracy: share, n: z.int().min(0), interval }),
	/** Mean and standard deviation of the accuracy over `n` seeds. */
	sampled: z
		.strictObject({
			mean: z.number(),
			std: z.number(),
			n: z.int().min(1),
			/** Of the mean, by bootstrap over problems. */
			interval,
			/** Mean over problems of pass@k (unbiased), for k = 1, 2, 4 ... and `n`. */
			passAtK: z.array(z.strictObject({ k: z.int().min(1), value: share })),
			/** Accuracy of the answer that most of the `k` responses give. */
			majority: z.strictObject({ k: z.int().min(1), accuracy: share, interval }),
		})
		.nullable(),
	/** Accuracy of the responses that the value function chose; null when not asked for. */
	guided: z
		.strictObject({ decoding: guidedDecodingSchema, accuracy: share, n: z.int().min(0), interval })
		.nullable(),
	skippedPrompts: z.int().min(0),
	wallSeconds: z.number().min(0),
});
export type EvaluateResult = z.infer<typeof evaluateResultSchema>;

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

const completed = z.literal("completed");
const count = z.int().min(0);

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

export const probeResultSchema = z.strictObject({
	reason: z.literal("completed"),
	provider: providerSchema,
	/** Time from loading the runtime to the first result, milliseconds. */
	elapsedMs: z.number().min(0),
});
export type ProbeResult = z.infer<typeof probeResultSchema>;

/** The schema of what each job gives back. */
export const jobResultSchemas = {
	train: trainResultSchema,
	generate: generateResultSchema,
	"process-scores": processScoresResultSchema,
	evaluate: evaluateResultSchema,
	values: valuesResultSchema,
	export: exportResultSchema,
	grade: gradeResultSchema,
	pairs: pairsResultSchema,
	split: splitResultSchema,
	compare: compareResultSchema,
	inspect: inspectResultSchema,
	playground: playgroundResultSchema,
	"probe-provider": probeResultSchema,
	parity: parityResultSchema,
} satisfies Record<JobKind, z.ZodType>;
export type JobResult<K extends JobKind> = z.infer<(typeof jobResultSchemas)[K]>;
export type SpecOf<K extends JobKind> = Extract<JobSpec, { kind: K }>;
