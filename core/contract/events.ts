import { z } from "zod";
import { failureSchema } from "./error-body.ts";
import { stepMetricsSchema } from "./metrics.ts";

export const EVENT_SCHEMA_VERSION = 1;

/** What a job can be busy with; a screen shows one of these. */
export const JOB_PHASES = [
	"load",
	"reference-logprobs",
	"prepare",
	"value-warmup",
	"train",
	"generate",
	"evaluate",
	"grade",
	"checkpoint",
	"export",
	"verify",
] as const;
export const jobPhaseSchema = z.enum(JOB_PHASES);
export type JobPhase = z.infer<typeof jobPhaseSchema>;

/** One generated response, for showing. */
export const sampleRowSchema = z.strictObject({
	row: z.int().min(0),
	prompt: z.string(),
	response: z.string(),
	reference: z.string().nullable(),
	correct: z.boolean().nullable(),
	/** The answer that the grader read; null when it found none, or none was graded. */
	extracted: z.string().nullable().default(null),
});
export type SampleRow = z.infer<typeof sampleRowSchema>;

const runStarted = z.strictObject({ type: z.literal("run-started"), job: z.string() });
const resumed = z.strictObject({ type: z.literal("resumed"), step: z.int().min(0) });
const phase = z.strictObject({ type: z.literal("phase"), phase: jobPhaseSchema });
const progress = z.strictObject({
	type: z.literal("progress"),
	phase: jobPhaseSchema,
	done: z.number().min(0),
	total: z.number().min(0),
	secondsLeft: z.number().min(0).nullable(),
});
/** The job stands still until it goes on; asked for by the user. */
const paused = z.strictObject({ type: z.literal("paused") });
const continued = z.strictObject({ type: z.literal("continued") });
const step = z.strictObject({ type: z.literal("step"), metrics: stepMetricsSchema });
const evaluation = z.strictObject({
	type: z.literal("eval"),
	step: z.int().min(0),
	split: z.enum(["validation", "test"]),
	n: z.int().min(0),
	/** Greedy accuracy, 0 to 1; null when answers cannot be graded. */
	accuracy: z.number().min(0).max(1).nullable(),
	/** Wilson 95 % interval of the accuracy; runs of before it was measured have none. */
	accuracyInterval: z.tuple([z.number(), z.number()]).nullable().default(null),
	/** Mean held-out loss per trajectory; null when it was not computed. */
	heldOutLoss: z.number().nullable(),
	/** Area under the ROC curve of V at the last token against correctness; null without a value function. */
	valueAuc: z.number().min(0).max(1).nullable(),
	samples: z.array(sampleRowSchema),
});
const sample = z.strictObject({ type: z.literal("sample"), sample: sampleRowSchema });
const checkpoint = z.strictObject({
	type: z.literal("checkpoint"),
	step: z.int().min(0),
	/** Folder of the checkpoint, relative to the run's folder. */
	dir: z.string(),
	best: z.boolean(),
});
const warning = z.strictObject({
	type: z.literal("warning"),
	code: z.string(),
	message: z.string(),
	hint: z.string(),
});
/** Memory ran out: so many padded tokens run at once from here on. The result stays the same. */
const microBatchHalved = z.strictObject({
	type: z.literal("micro-batch-halved"),
	from: z.int().min(1),
	microTokens: z.int().min(1),
});
const log = z.strictObject({ type: z.literal("log"), message: z.string() });
const runFinished = z.strictObject({
	type: z.literal("run-finished"),
	reason: z.enum(["completed", "stopped"]),
	summary: z.record(z.string(), z.unknown()),
});
const runFailed = z.strictObject({ type: z.literal("run-failed"), failure: failureSchema });

/** An event as a job emits it. The host adds the envelope; it also emits run-started, run-finished and run-failed itself. */
export const eventBodySchema = z.discriminatedUnion("type", [
	runStarted,
	resumed,
	phase,
	progress,
	paused,
	continued,
	step,
	evaluation,
	sample,
	checkpoint,
	warning,
	microBatchHalved,
	log,
	runFinished,
	runFailed,
]);
export type EventBody = z.infer<typeof eventBodySchema>;

const envelope = {
	schemaVersion: z.literal(EVENT_SCHEMA_VERSION),
	/** Counts from 1 without gaps over the run's life, resumes included. */
	seq: z.int().min(1),
	time: z.iso.datetime(),
};

/** An event as it lies on disk (one JSON line) and travels between processes. */
export const engineEventSchema = z.discriminatedUnion("type", [
	runStarted.extend(envelope),
	resumed.extend(envelope),
	phase.extend(envelope),
	progress.extend(envelope),
	paused.extend(envelope),
	continued.extend(envelope),
	step.extend(envelope),
	evaluation.extend(envelope),
	sample.extend(envelope),
	checkpoint.extend(envelope),
	warning.extend(envelope),
	microBatchHalved.extend(envelope),
	log.extend(envelope),
	runFinished.extend(envelope),
	runFailed.extend(envelope),
]);
export type EngineEvent = z.infer<typeof engineEventSchema>;

/** What a halved micro-batch means to a reader. */
export function halvedText({ from, microTokens }: { from: number; microTokens: number }): string {
	return `Memory ran out with micro-batches of ${from} tokens: it goes on with ${microTokens}, with the same result but slower.`;
}
