import { z } from "zod";
import { path, reason } from "./job-common.ts";
import { runConfigSchema } from "./run.ts";

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
