import { z } from "zod";
import { countSchema, doneSchema, failureOrNullSchema, idSchema, modelRefSchema } from "./api-common.ts";
import { method } from "./api-method.ts";
import { valueTraceSchema } from "./api-runs.ts";
import { guidedDecodingSchema, samplingConfigSchema } from "./sampling.ts";
import { taskSchema, templateSchema } from "./task.ts";

const answerId = { sessionId: idSchema, requestId: idSchema, target: countSchema };

/** What arrives while a playground answers; `target` is the index of the model in `playground.open`. */
export const playgroundEventSchema = z.discriminatedUnion("type", [
	z.strictObject({ type: z.literal("loading"), ...answerId }),
	z.strictObject({ type: z.literal("delta"), ...answerId, text: z.string() }),
	z.strictObject({
		type: z.literal("final"),
		...answerId,
		trace: valueTraceSchema,
		seconds: z.number(),
		tokensPerSecond: z.number(),
		/** Ended by itself, or cut at the limit. */
		truncated: z.boolean(),
	}),
	z.strictObject({ type: z.literal("cancelled"), ...answerId }),
	z.strictObject({ type: z.literal("failed"), ...answerId, failure: failureOrNullSchema }),
]);
export type PlaygroundEvent = z.infer<typeof playgroundEventSchema>;

export const playgroundApi = {
	/** Loads models into engine processes of their own; they end with the session, or after ten idle minutes. */
	"playground.open": method(
		z.strictObject({ targets: z.array(modelRefSchema).min(1).max(4) }),
		z.strictObject({ sessionId: idSchema }),
	),
	/** The same prompt and seed for every target; answers arrive as `playground` events. */
	"playground.ask": method(
		z.strictObject({
			sessionId: idSchema,
			requestId: idSchema,
			prompt: z.string().min(1),
			template: templateSchema,
			task: taskSchema.nullable(),
			reference: z.string().nullable(),
			sampling: samplingConfigSchema,
			/** Only where the target has a value function; others answer without it. */
			guided: guidedDecodingSchema.nullable(),
			targets: z.array(countSchema).min(1).max(4),
		}),
		doneSchema,
	),
	"playground.cancel": method(z.strictObject({ sessionId: idSchema, requestId: idSchema }), doneSchema),
	"playground.close": method(z.strictObject({ sessionId: idSchema }), doneSchema),
	/** V and log-probs of any response under a run's checkpoint or a model. */
	"values.inspect": method(
		z.strictObject({
			model: modelRefSchema,
			prompt: z.string().min(1),
			template: templateSchema,
			response: z.string().min(1),
			task: taskSchema.nullable(),
			reference: z.string().nullable(),
		}),
		valueTraceSchema,
	),
	/** Completes a response anew from the start of a line, and says how many completions are correct. */
	"values.retry": method(
		z.strictObject({
			requestId: idSchema,
			model: modelRefSchema,
			prompt: z.string().min(1),
			template: templateSchema,
			/** The beginning that is kept. */
			prefix: z.string(),
			n: z.int().min(1).max(64),
			task: taskSchema.nullable(),
			reference: z.string().nullable(),
			maxNewTokens: z.int().min(1),
			seed: z.int().min(0),
		}),
		z.strictObject({
			completions: z.array(
				z.strictObject({
					text: z.string(),
					correct: z.boolean().nullable(),
					extracted: z.string().nullable(),
				}),
			),
			correct: countSchema.nullable(),
		}),
	),
	/** Ends a retry before it is whole; the call for it then fails with `cancelled`. */
	"values.cancel": method(z.strictObject({ requestId: idSchema }), doneSchema),
} as const;
