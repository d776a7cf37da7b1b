import { z } from "zod";
import { failureSchema } from "./error-body.ts";

export const idSchema = z.string().min(1).max(300);
export const nameSchema = z.string().trim().min(1).max(120);
export const pathSchema = z.string().min(1).max(4096);
export const bytesSchema = z.number().min(0);
export const countSchema = z.int().min(0);
/** Milliseconds since 1970. */
export const timeSchema = z.number();
export const shareSchema = z.number().min(0).max(1);
export const intervalSchema = z.tuple([z.number(), z.number()]);
export const emptySchema = z.strictObject({});
export const doneSchema = z.strictObject({});

/** A checkpoint of a run; a number is its step. */
export const checkpointRefSchema = z.union([z.enum(["best", "last"]), z.int().min(0)]);

/** Something that can generate: a registered model, or a run's checkpoint. */
export const modelRefSchema = z.discriminatedUnion("type", [
	z.strictObject({ type: z.literal("model"), id: idSchema }),
	z.strictObject({ type: z.literal("run"), id: idSchema, checkpoint: checkpointRefSchema }),
]);
export type ModelRef = z.infer<typeof modelRefSchema>;

/** A page of a longer list. */
export const pageSchema = z.strictObject({
	offset: countSchema.default(0),
	limit: z.int().min(1).max(1000).default(200),
});

export const failureOrNullSchema = failureSchema.nullable();
