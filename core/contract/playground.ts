import { z } from "zod";
import { failureSchema } from "./error-body.ts";
import { computeSchema } from "./provider.ts";
import { guidedDecodingSchema, samplingConfigSchema } from "./sampling.ts";
import { taskSchema, templateSchema } from "./task.ts";
import { tokenScoresSchema } from "./token-scores.ts";

const count = z.int().min(0);
const path = z.string().min(1);

/** A model's folder, or a checkpoint of a run's folder; a number is its step. The checkpoint of a model is not read. */
export const modelSourceSchema = z.strictObject({
	dir: path,
	checkpoint: z.union([z.enum(["best", "last"]), count]),
});
export type ModelSource = z.infer<typeof modelSourceSchema>;

/** A prompt as text or as a conversation. */
export const promptSchema = z.union([
	z.string().min(1),
	z.array(z.strictObject({ role: z.string(), content: z.string() })).min(1),
]);

/** How a grader judged a response. */
export const verdictSchema = z.strictObject({
	correct: z.boolean(),
	extracted: z.string().nullable(),
	how: z.enum(["strict", "flexible", "boxed", "exact", "none"]),
});

/** What both a look at a response and a new answer need to know. */
const asked = {
	prompt: promptSchema,
	/** Put around a prompt that is text; null takes the run's own, or none for a model. */
	template: templateSchema.nullable(),
	/** With a reference, answers are graded; the task also says what a segment is. */
	task: taskSchema.nullable(),
	reference: z.string().nullable(),
};

export const inspectSpecSchema = z.strictObject({
	kind: z.literal("inspect"),
	model: modelSourceSchema,
	...asked,
	response: z.string(),
	/** The response's tokens where they are known; its text may be read as others. */
	responseTokenIds: z.array(count).min(1).nullable(),
	threads: count,
	compute: computeSchema.optional(),
	eventsPath: path.nullable(),
});
export type InspectSpec = z.infer<typeof inspectSpecSchema>;

export const inspectResultSchema = z.strictObject({
	reason: z.literal("completed"),
	/** Step of the checkpoint; null for a model. */
	step: count.nullable(),
	promptTokens: count,
	scores: tokenScoresSchema,
	verdict: verdictSchema.nullable(),
	wallSeconds: z.number().min(0),
});
export type InspectResult = z.infer<typeof inspectResultSchema>;

export const playgroundSpecSchema = z.strictObject({
	kind: z.literal("playground"),
	/** Models that requests name by their place here; each is loaded when it is first asked. */
	models: z.array(modelSourceSchema).min(1).max(8),
	threads: count,
	compute: computeSchema.optional(),
	eventsPath: path.nullable(),
});
export type PlaygroundSpec = z.infer<typeof playgroundSpecSchema>;

export const playgroundResultSchema = z.strictObject({
	reason: z.enum(["completed", "stopped"]),
	requests: count,
	wallSeconds: z.number().min(0),
});
export type PlaygroundResult = z.infer<typeof playgroundResultSchema>;

const requestId = z.string().min(1).max(300);

export const playgroundRequestSchema = z.strictObject({
	requestId,
	/** Place of the model that answers. */
	target: count,
	/**
	 * Places of runs whose value function may read the answers: the first that began from the very weights that the target
	 * did does, wherever they lie. Where none did, the target's own does, if it has one.
	 */
	readers: z.array(count),
	...asked,
	/** What every answer begins with, as tokens or as text: a response is retried from there. Empty asks anew. */
	prefix: z.union([z.string(), z.array(count)]),
	/** `n` answers are drawn; its `maxNewTokens` come after the prefix. */
	sampling: samplingConfigSchema,
	/** Let V choose among samples: one answer comes back. */
	guided: guidedDecodingSchema.nullable(),
});
export type PlaygroundRequest = z.infer<typeof playgroundRequestSchema>;

/** An answer with what is known of its tokens, the prefix included. */
export const playgroundAnswerSchema = z.strictObject({
	response: z.string(),
	/** Whether it ended by itself; false when it was cut at the limit. */
	finished: z.boolean(),
	scores: tokenScoresSchema,
	verdict: verdictSchema.nullable(),
});
export type PlaygroundAnswer = z.infer<typeof playgroundAnswerSchema>;

/** What comes back for a request: deltas as it goes on, then exactly one of the others. */
export const playgroundReplySchema = z.discriminatedUnion("type", [
	/** The model is being loaded; the first request to it waits for that. */
	z.strictObject({ type: z.literal("loading"), requestId }),
	/** Answers that are written, of `n`; a guided answer tells nothing of that. */
	z.strictObject({ type: z.literal("progress"), requestId, done: count, total: count }),
	/** Text that came after what was given before; guided answers come whole. */
	z.strictObject({ type: z.literal("delta"), requestId, sample: count, text: z.string() }),
	z.strictObject({
		type: z.literal("final"),
		requestId,
		answers: z.array(playgroundAnswerSchema).min(1),
		/** Place of the model whose value function read them, if it has one. */
		readBy: count,
		/** Of the answers, how many are correct; null when they were not graded. */
		correct: count.nullable(),
		/** Time in which the tokens were drawn, without loading and scoring. */
		seconds: z.number().min(0),
		tokensPerSecond: z.number().min(0),
	}),
	z.strictObject({ type: z.literal("cancelled"), requestId }),
	z.strictObject({ type: z.literal("failed"), requestId, failure: failureSchema }),
]);
export type PlaygroundReply = z.infer<typeof playgroundReplySchema>;
