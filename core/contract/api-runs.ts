import { z } from "zod";
import {
	bytesSchema,
	countSchema,
	doneSchema,
	emptySchema,
	failureOrNullSchema,
	idSchema,
	intervalSchema,
	nameSchema,
	shareSchema,
	timeSchema,
} from "./api-common.ts";
import { method } from "./api-method.ts";
import { engineEventSchema, jobPhaseSchema } from "./events.ts";
import { adapterSchema, methodSchema, runConfigSchema } from "./run.ts";
import { sweepAxisSchema, sweepObjectiveSchema } from "./sweep.ts";

export const RUN_STATES = [
	"queued",
	/** Its turn has come, but every GPU is taken. */
	"waiting-for-gpu",
	"starting",
	"running",
	"paused",
	"stopping",
	"completed",
	"stopped",
	"failed",
	/** Its process is gone without a word: the app or the machine went down. It can be resumed. */
	"interrupted",
	/** Its files are damaged; `failure` says how. */
	"unreadable",
] as const;
export const runStateSchema = z.enum(RUN_STATES);
export type RunState = z.infer<typeof runStateSchema>;

/** A run as lists show it. Its id is its folder's name; a sweep's trial is `SWEEP/TRIAL`. */
export const runSummarySchema = z.strictObject({
	id: idSchema,
	name: z.string(),
	note: z.string(),
	state: runStateSchema,
	phase: jobPhaseSchema.nullable(),
	/** Share of a phase that is not counted in steps, such as base log-probs; null otherwise. */
	phaseProgress: shareSchema.nullable(),
	method: methodSchema.nullable(),
	modelName: z.string(),
	dataName: z.string(),
	sweepId: idSchema.nullable(),
	/** Null where the method has none; so is lambda. */
	beta: z.number().nullable(),
	lr: z.number().nullable(),
	lambda: z.number().nullable(),
	adapter: adapterSchema.nullable(),
	step: countSchema,
	totalSteps: countSchema.nullable(),
	epoch: z.number().min(0),
	secondsLeft: z.number().nullable(),
	secondsPerStep: z.number().nullable(),
	tokensPerSecond: z.number().nullable(),
	createdAt: timeSchema,
	finishedAt: timeSchema.nullable(),
	/** Time at work; pauses and stops are not counted. */
	activeSeconds: z.number().min(0),
	/** Accuracy before the first step, at the best checkpoint and at the last evaluation. */
	baseAccuracy: shareSchema.nullable(),
	bestAccuracy: shareSchema.nullable(),
	bestInterval: intervalSchema.nullable(),
	bestStep: countSchema.nullable(),
	lastAccuracy: shareSchema.nullable(),
	heldOutLoss: z.number().nullable(),
	/** Step and accuracy of each evaluation, for a sparkline. */
	accuracyCurve: z.array(z.tuple([countSchema, shareSchema])),
	klEstimate: z.number().nullable(),
	/** Padded tokens run at once since memory ran out; null while the setting holds. */
	microTokens: countSchema.nullable(),
	lastSavedStep: countSchema.nullable(),
	lastSavedAt: timeSchema.nullable(),
	failure: failureOrNullSchema,
	/** Whether it can go on: from its last checkpoint, or from the start where there is none. */
	canResume: z.boolean(),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

export const runDetailSchema = z.strictObject({
	summary: runSummarySchema,
	dir: z.string(),
	/** Null when `run.json` cannot be read. */
	config: runConfigSchema.nullable(),
	checkpoints: z.array(
		z.strictObject({ step: countSchema, best: z.boolean(), bytes: bytesSchema, savedAt: timeSchema }),
	),
	/** Sequence number of the newest event. */
	lastSeq: countSchema,
});
export type RunDetail = z.infer<typeof runDetailSchema>;

/** Step metrics as columns, because a run may have 100,000 of them. All arrays are of one length. */
export const metricColumnsSchema = z.strictObject({
	step: z.array(countSchema),
	/** Seconds at work until that step, and epoch. */
	seconds: z.array(z.number()),
	epoch: z.array(z.number()),
	/** By name of `stepMetricsSchema`; null where not defined. */
	values: z.record(z.string(), z.array(z.number().nullable())),
});
export type MetricColumns = z.infer<typeof metricColumnsSchema>;

export const evaluationPointSchema = z.strictObject({
	step: countSchema,
	seconds: z.number(),
	epoch: z.number(),
	n: countSchema,
	accuracy: shareSchema.nullable(),
	interval: intervalSchema.nullable(),
	heldOutLoss: z.number().nullable(),
	valueAuc: shareSchema.nullable(),
});
export type EvaluationPoint = z.infer<typeof evaluationPointSchema>;

export const runSampleSchema = z.strictObject({
	row: countSchema,
	prompt: z.string(),
	response: z.string(),
	reference: z.string().nullable(),
	extracted: z.string().nullable(),
	correct: z.boolean().nullable(),
	/** V at the last token; null without a value function. */
	value: z.number().nullable(),
});
export type RunSample = z.infer<typeof runSampleSchema>;

/** Everything the value strip shows of one response. */
export const valueTraceSchema = z.strictObject({
	/** What V means for this method: each state, the prompt alone (DRO), or nothing. */
	values: z.enum(["each-token", "prompt-only", "none"]),
	prompt: z.string(),
	reference: z.string().nullable(),
	extracted: z.string().nullable(),
	correct: z.boolean().nullable(),
	/** Outcome reward on the last token; null when unknown. */
	reward: z.number().nullable(),
	/** V(s_1), read at the last prompt token. */
	firstValue: z.number().nullable(),
	tokens: z.array(
		z.strictObject({
			/** Texts of all tokens in a row make the response. */
			text: z.string(),
			/** V(s_h) before the token and V(s_{h+1}) after it; the last token has no next state. */
			valueBefore: z.number().nullable(),
			valueAfter: z.number().nullable(),
			logProb: z.number().nullable(),
			baseLogProb: z.number().nullable(),
			isEos: z.boolean(),
		}),
	),
	/** Index of the last token of each segment. */
	segmentEnds: z.array(countSchema),
	/** One for each segment, where known. */
	processScores: z.array(z.number()).nullable(),
});
export type ValueTrace = z.infer<typeof valueTraceSchema>;

/** A field of the form with what is wrong about it. */
export const fieldProblemSchema = z.strictObject({ field: z.string(), reason: z.string() });

/** A run or sweep as the Train screen has it: registered model and data, and whatever fields were changed. */
export const draftSchema = z.strictObject({
	name: nameSchema.nullable(),
	modelId: idSchema,
	dataId: idSchema,
	/** Held-out problems; null takes a share of the training data's prompts. */
	validationDataId: idSchema.nullable(),
	/** Fields of the run configuration that differ from their defaults; paths are filled in here. */
	fields: z.record(z.string(), z.unknown()),
	/** Swept fields; empty trains a single run. */
	space: z.record(z.string(), sweepAxisSchema),
	search: z.strictObject({
		method: z.enum(["grid", "random", "asha"]),
		trials: z.int().min(1).nullable(),
		minSteps: z.int().min(1).nullable(),
		reduction: z.int().min(2).default(3),
		seed: z.int().min(0).max(0xffff_ffff).default(0),
		objective: sweepObjectiveSchema.nullable().default(null),
	}),
});
export type Draft = z.infer<typeof draftSchema>;

export const planSchema = z.strictObject({
	/** What keeps it from starting, field by field. */
	problems: z.array(fieldProblemSchema),
	warnings: z.array(z.strictObject({ title: z.string(), text: z.string(), field: z.string().nullable() })),
	/** The first run's configuration with every default filled in; null while a field is wrong. */
	resolved: runConfigSchema.nullable(),
	runs: countSchema,
	/** The longest run's steps, and of all runs (at most, when some stop early). */
	stepsPerRun: countSchema,
	totalSteps: countSchema,
	stepsPerEpoch: countSchema,
	/** Runs and the step they go to, for a search that stops some early. */
	rungs: z.array(z.strictObject({ runs: countSchema, steps: countSchema })),
	trajectories: countSchema,
	prompts: countSchema,
	/** Responses cut at the limit and prompts left out. */
	cut: countSchema,
	skipped: countSchema,
	secondsPerRun: z.number().nullable(),
	secondsTotal: z.number().nullable(),
	/** Relative error of the times, such as 0.06. */
	secondsError: z.number().nullable(),
	/** How the times were found: from a model of the computation, or from steps made here. */
	calibration: z.string(),
	memory: z.strictObject({
		parts: z.array(z.strictObject({ name: z.string(), bytes: bytesSchema })),
		totalBytes: bytesSchema,
		limitBytes: bytesSchema,
		/** Changes that would make it fit, with the memory each would need. */
		remedies: z.array(
			z.strictObject({ text: z.string(), fields: z.record(z.string(), z.unknown()), bytes: bytesSchema }),
		),
	}),
	/** Of runs and their checkpoints. */
	diskBytes: bytesSchema,
	/** Of the copy that is made of a model whose file has another number format than training; kept in the cache, one for all runs. */
	modelCopyBytes: bytesSchema,
	freeDiskBytes: bytesSchema,
});
export type Plan = z.infer<typeof planSchema>;

export const presetEntrySchema = z.strictObject({
	name: z.string(),
	label: z.string(),
	about: z.string(),
	method: methodSchema,
	fields: z.record(z.string(), z.unknown()),
	space: z.record(z.string(), sweepAxisSchema),
});
export type PresetEntry = z.infer<typeof presetEntrySchema>;

/** Something that waits for its turn or has it. */
export const queueItemSchema = z.strictObject({
	/** `run:ID`, `sweep:ID` or `task:ID`. */
	id: idSchema,
	kind: z.enum(["run", "sweep", "task"]),
	name: z.string(),
	state: z.enum(["waiting", "working"]),
	secondsLeft: z.number().nullable(),
});
export type QueueItem = z.infer<typeof queueItemSchema>;

const byId = z.strictObject({ id: idSchema });

export const runsApi = {
	"runs.list": method(emptySchema, z.strictObject({ runs: z.array(runSummarySchema) })),
	"runs.get": method(byId, runDetailSchema),
	/** Events with a sequence number above `after`, oldest first. */
	"runs.events": method(
		z.strictObject({ id: idSchema, after: countSchema, limit: z.int().min(1).max(5000).default(1000) }),
		z.strictObject({ events: z.array(engineEventSchema), lastSeq: countSchema, more: z.boolean() }),
	),
	/**
	 * Metrics and evaluations of steps above `afterStep`, as of event `lastSeq`: what comes after it arrives by `run`
	 * events, so a window that reloads loses nothing and doubles nothing.
	 */
	"runs.metrics": method(
		z.strictObject({
			id: idSchema,
			afterStep: countSchema,
			/** A page of so many steps takes the program 30 ms; more would hold up other windows. */
			limit: z.int().min(1).max(20_000).default(5000),
		}),
		z.strictObject({
			columns: metricColumnsSchema,
			evaluations: z.array(evaluationPointSchema),
			lastSeq: countSchema,
			more: z.boolean(),
		}),
	),
	/** Greedy answers to held-out problems at an evaluation; `step` null takes the newest. */
	"runs.samples": method(
		z.strictObject({
			id: idSchema,
			step: countSchema.nullable(),
			only: z.enum(["all", "wrong", "correct"]),
			offset: countSchema.default(0),
			limit: z.int().min(1).max(500).default(100),
		}),
		z.strictObject({
			step: countSchema.nullable(),
			steps: z.array(countSchema),
			total: countSchema,
			wrong: countSchema,
			samples: z.array(runSampleSchema),
		}),
	),
	"runs.sampleTrace": method(
		z.strictObject({ id: idSchema, step: countSchema, row: countSchema }),
		valueTraceSchema,
	),
	"runs.log": method(
		z.strictObject({ id: idSchema, limit: z.int().min(1).max(5000).default(500) }),
		z.strictObject({
			lines: z.array(
				z.strictObject({ time: timeSchema, level: z.enum(["info", "warn", "bad"]), text: z.string() }),
			),
		}),
	),
	/** What a draft would cost, and what is wrong with it. Answers within a second; nothing starts. */
	"runs.plan": method(draftSchema, planSchema),
	/** Queues a draft: one run, or a sweep when fields are swept. */
	"runs.start": method(
		draftSchema,
		z.discriminatedUnion("type", [
			z.strictObject({ type: z.literal("run"), id: idSchema }),
			z.strictObject({ type: z.literal("sweep"), id: idSchema }),
		]),
	),
	/** Trains one step of the draft and gives back the measured plan. */
	"runs.dryRun": method(
		z.strictObject({ requestId: idSchema, draft: draftSchema }),
		z.strictObject({ secondsPerStep: z.number(), peakBytes: bytesSchema, plan: planSchema }),
	),
	/** Ends a dry run before its step is made; the call for it then fails with `cancelled`. */
	"runs.cancelDryRun": method(z.strictObject({ requestId: idSchema }), doneSchema),
	"runs.presets": method(emptySchema, z.strictObject({ presets: z.array(presetEntrySchema) })),
	/** stop ends in good order with a checkpoint; kill ends the process at once. */
	"runs.control": method(
		z.strictObject({ id: idSchema, action: z.enum(["pause", "continue", "stop", "checkpoint", "kill"]) }),
		doneSchema,
	),
	/** Queues a stopped, failed or interrupted run to go on from its last checkpoint. */
	"runs.resume": method(
		z.strictObject({
			id: idSchema,
			fields: z
				.strictObject({ microTokens: z.int().min(1) })
				.partial()
				.default({}),
		}),
		doneSchema,
	),
	"runs.rename": method(z.strictObject({ id: idSchema, name: nameSchema }), doneSchema),
	"runs.annotate": method(z.strictObject({ id: idSchema, note: z.string().max(10_000) }), doneSchema),
	/** Deletes a run's folder with its checkpoints. Refused while it is at work. */
	"runs.remove": method(byId, doneSchema),
	"queue.list": method(emptySchema, z.strictObject({ items: z.array(queueItemSchema), paused: z.boolean() })),
	/** Puts a waiting item before another, or last. */
	"queue.move": method(z.strictObject({ id: idSchema, before: idSchema.nullable() }), doneSchema),
	"queue.remove": method(byId, doneSchema),
	/** A paused queue starts nothing new; what is at work goes on. */
	"queue.pause": method(z.strictObject({ paused: z.boolean() }), doneSchema),
} as const;
