import { z } from "zod";
import { failureSchema } from "./error-body.ts";
import { engineEventSchema } from "./events.ts";
import { jobSpecSchema } from "./jobs.ts";

/** What the supervisor says to an engine process. */
export const toEngineSchema = z.discriminatedUnion("type", [
	z.strictObject({ type: z.literal("start"), spec: jobSpecSchema }),
	/** Write a checkpoint, then exit. */
	z.strictObject({ type: z.literal("stop") }),
	z.strictObject({ type: z.literal("checkpoint-now") }),
	z.strictObject({ type: z.literal("pause") }),
	z.strictObject({ type: z.literal("resume") }),
]);
export type ToEngine = z.infer<typeof toEngineSchema>;

/** What an engine process says to its supervisor; `done` or `fatal` is always the last message. */
export const fromEngineSchema = z.discriminatedUnion("type", [
	z.strictObject({ type: z.literal("event"), event: engineEventSchema }),
	z.strictObject({ type: z.literal("done"), result: z.unknown() }),
	z.strictObject({ type: z.literal("fatal"), failure: failureSchema }),
]);
export type FromEngine = z.infer<typeof fromEngineSchema>;
