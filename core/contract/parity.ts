import { z } from "zod";
import { providerSchema } from "./provider.ts";

const path = z.string().min(1);
const count = z.int().min(0);

/** Nodes of one kind that a provider computed. */
export const placementSchema = z.strictObject({ provider: z.string(), op: z.string(), nodes: count });
export type Placement = z.infer<typeof placementSchema>;

/**
 * equal: within what the order of additions changes in 32-bit numbers. close: within what reduced-precision products
 * (TF32, as NVIDIA's libraries take by default) change. different: further off, or not a number.
 */
export const agreementSchema = z.enum(["equal", "close", "different"]);
export type Agreement = z.infer<typeof agreementSchema>;

export const paritySpecSchema = z.strictObject({
	kind: z.literal("parity"),
	/** Compared with the CPU. The CPU itself is compared with its own unoptimised run on one thread. */
	provider: providerSchema,
	deviceId: count.optional(),
	modelDir: path,
	threads: count,
	/** Empty folder for files of the job's own; whoever starts the job removes it, since a driver may end the process. */
	scratchDir: path,
});
export type ParitySpec = z.infer<typeof paritySpecSchema>;

/** How far one quantity is off. */
export const parityDifferenceSchema = z.strictObject({
	what: z.enum(["policy loss", "value loss", "log-probs", "values", "gradients", "logits"]),
	maxAbs: z.number().min(0),
	/** Largest difference over the largest reference value of the tensor. */
	maxRelative: z.number().min(0),
	agreement: agreementSchema,
});
export type ParityDifference = z.infer<typeof parityDifferenceSchema>;

/** One thing that was computed on both. */
export const parityCheckSchema = z.strictObject({
	what: z.enum(["training, LoRA", "training, every weight", "reading", "greedy answers"]),
	differences: z.array(parityDifferenceSchema),
	/** Of greedy answers: tokens up to the first that differs, over all answers, and all tokens. */
	tokens: z.strictObject({ equal: count, all: count }).nullable(),
	/** Quickest run, milliseconds: of the reference and of the provider. */
	referenceMs: z.number().min(0).nullable(),
	ms: z.number().min(0).nullable(),
	placement: z.array(placementSchema),
	/** Why it could not be computed; null when it was. */
	error: z.string().nullable(),
});
export type ParityCheck = z.infer<typeof parityCheckSchema>;

export const parityResultSchema = z.strictObject({
	reason: z.literal("completed"),
	provider: providerSchema,
	/** What it was held against. */
	reference: z.enum(["the CPU", "the CPU, unoptimised on one thread"]),
	verdict: z.enum([...agreementSchema.options, "failed"]),
	checks: z.array(parityCheckSchema),
	wallSeconds: z.number().min(0),
});
export type ParityResult = z.infer<typeof parityResultSchema>;
