import { z } from "zod";

export const path = z.string().min(1);
export const threads = z.int().min(0).describe("CPU threads; 0 takes every core.");
export const limit = z.int().min(1).nullable().describe("Only the first rows of the file; null takes all.");
export const resume = z
	.boolean()
	.optional()
	.describe("Go on from the rows of an interrupted job with the same settings, where there are any.");
export const checkpointOfRun = z
	.union([z.enum(["best", "last"]), z.int().min(0)])
	.optional()
	.describe("Which checkpoint, where the model is a run; the best unless given.");
export const eventsPath = path.nullable().describe("File the events are appended to; null only sends them.");

/** How a job ended that can be stopped. */
export const reason = z.enum(["completed", "stopped"]);
export const count = z.int().min(0);
export const share = z.number().min(0).max(1);
/** A 95 % confidence interval. */
export const interval = z.tuple([z.number(), z.number()]);
