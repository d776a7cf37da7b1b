import { z } from "zod";
import { failureSchema } from "./error-body.ts";
import { engineEventSchema } from "./events.ts";
import { jobSpecSchema } from "./jobs.ts";
import { playgroundReplySchema, playgroundRequestSchema } from "./playground.ts";

/** What the supervisor says to an engine process. */
export const toEngineSchema = z.discriminatedUnion("type", [
	z.strictObject({ type: z.literal("start"), spec: jobSpecSchema }),
	/** Write a checkpoint, then exit. */
	z.strictObject({ type: z.literal("stop") }),
	z.strictObject({ type: z.literal("checkpoint-now") }),
	z.strictObject({ type: z.literal("pause") }),
	z.strictObject({ type: z.literal("resume") }),
	/** Something for a job that answers requests, in the order sent. */
	z.strictObject({ type: z.literal("request"), request: playgroundRequestSchema }),
	/** A request is wanted no more, whether it waits or is being answered. */
	z.strictObject({ type: z.literal("cancel-request"), requestId: z.string() }),
]);
export type ToEngine = z.infer<typeof toEngineSchema>;

/** What an engine process says to its supervisor; `done` or `fatal` is always the last message. */
export const fromEngineSchema = z.discriminatedUnion("type", [
	z.strictObject({ type: z.literal("event"), event: engineEventSchema }),
	z.strictObject({ type: z.literal("reply"), reply: playgroundReplySchema }),
	z.strictObject({ type: z.literal("done"), result: z.unknown() }),
	z.strictObject({ type: z.literal("fatal"), failure: failureSchema }),
]);
export type FromEngine = z.infer<typeof fromEngineSchema>;
