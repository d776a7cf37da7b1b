import { z } from "zod";
import { evaluateResultSchema } from "./jobs.ts";
import { runConfigSchema } from "./run.ts";

export const SWEEP_SCHEMA_VERSION = 1;

const path = z.string().min(1);
const count = z.int().min(1);

/** A value that a field of a run's configuration can take. */
export const sweepValueSchema = z.union([z.number(), z.string(), z.boolean(), z.null()]);
export type SweepValue = z.infer<typeof sweepValueSchema>;

const rangeSchema = z
	.strictObject({
		min: z.number(),
		max: z.number(),
		scale: z.enum(["linear", "log"]),
		count: count.optional().describe("Evenly spaced points, both ends included; a grid needs it."),
		integer: z.boolean().optional().describe("Only whole numbers."),
	})
	.refine(({ min, max }) => min < max, "min must be below max")
	.refine(({ min, scale }) => scale === "linear" || min > 0, "a log scale needs a min above 0");

/** What one field may be: listed values, or a range. */
export const sweepAxisSchema = z.union([
	z.strictObject({ values: z.array(sweepValueSchema).min(1) }),
	rangeSchema,
]);
export type SweepAxis = z.infer<typeof sweepAxisSchema>;

/** Accuracy where answers can be graded; held-out loss otherwise. */
export const sweepObjectiveSchema = z.enum(["accuracy", "heldOutLoss"]);
export type SweepObjective = z.infer<typeof sweepObjectiveSchema>;

/** A sweep as a user describes it; `sweep.json` keeps it with the plan made from it. */
export const sweepConfigSchema = z.strictObject({
	base: z.record(z.string(), z.unknown()).describe("Fields of every run's configuration."),
	method: z
		.enum(["grid", "random", "asha"])
		.describe(
			"grid: every combination. random: drawn from the space. asha: successive halving; many short runs, of which the best go on.",
		),
	space: z
		.record(z.string(), sweepAxisSchema)
		.refine((space) => Object.keys(space).length > 0, "must name at least one field")
		.describe("Fields that vary, by dotted path such as adapter.rank."),
	trials: count
		.nullable()
		.default(null)
		.describe("Runs drawn by random and asha; null takes every combination."),
	maxParallel: count.nullable().default(null).describe("Runs at once; null takes half the cores."),
	seed: z.int().min(0).max(0xffff_ffff).default(0).describe("Seed of the drawing."),
	asha: z
		.strictObject({
			minSteps: count.describe("Steps every run makes before the first cut."),
			reduction: z
				.int()
				.min(2)
				.default(3)
				.describe("At each cut one in this many goes on, this times as far."),
		})
		.nullable()
		.default(null),
	objective: sweepObjectiveSchema
		.nullable()
		.default(null)
		.describe("What the best is picked by, on validation; null decides by the data."),
	testData: path.nullable().default(null).describe("Data that the best run alone is tested on, at the end."),
});
export type SweepConfig = z.infer<typeof sweepConfigSchema>;
export type SweepConfigInput = z.input<typeof sweepConfigSchema>;

const valuesSchema = z.record(z.string(), sweepValueSchema);

/** One run of a sweep, settled before anything starts. */
export const trialSchema = z.strictObject({
	id: z.string().regex(/^t\d+$/),
	values: valuesSchema,
	config: runConfigSchema,
	warmupSteps: z.int().min(0),
	totalSteps: count,
});
export type Trial = z.infer<typeof trialSchema>;

/** What `sweep.json` holds: nothing in it depends on the course of the sweep. */
export const sweepPlanSchema = z.strictObject({
	schemaVersion: z.literal(SWEEP_SCHEMA_VERSION),
	config: sweepConfigSchema,
	objective: sweepObjectiveSchema,
	parallel: count,
	/** Steps at which runs are compared, rising; the last takes every run to its end. */
	rungs: z.array(count).min(1),
	/** Optimiser steps of the whole sweep; with `asha` and runs of unlike length, at most. */
	totalSteps: count,
	trials: z.array(trialSchema).min(1),
	/** What to know about the plan, in sentences. */
	notes: z.array(z.string()),
});
export type SweepPlan = z.infer<typeof sweepPlanSchema>;

export const leaderboardEntrySchema = z.strictObject({
	trial: z.string(),
	values: valuesSchema,
	/** finished: all its steps. cut: left behind by successive halving. failed: reported in `error`. */
	status: z.enum(["finished", "cut", "failed", "unfinished"]),
	steps: z.int().min(0),
	/** The best validation mark within those steps; accuracy rises, held-out loss falls. */
	score: z.number().nullable(),
	bestStep: z.int().min(0).nullable(),
	error: z.string().nullable(),
});
export type LeaderboardEntry = z.infer<typeof leaderboardEntrySchema>;

export const parameterImportanceSchema = z.strictObject({
	field: z.string(),
	/** Share of the scores' variance that the field explains alone, 0 to 1, corrected for chance; null when undefined. */
	share: z.number().min(0).max(1).nullable(),
	/** Values, or bins of a range, that were compared. */
	groups: z.int().min(0),
});
export type ParameterImportance = z.infer<typeof parameterImportanceSchema>;

export const parameterInteractionSchema = z.strictObject({
	fields: z.tuple([z.string(), z.string()]),
	/** Share of the scores' variance that the two fields explain together beyond the sum of both, 0 to 1, corrected for chance. */
	share: z.number().min(0).max(1),
});
export type ParameterInteraction = z.infer<typeof parameterInteractionSchema>;

export const sweepResultSchema = z.strictObject({
	schemaVersion: z.literal(SWEEP_SCHEMA_VERSION),
	reason: z.enum(["completed", "stopped"]),
	outDir: z.string(),
	objective: sweepObjectiveSchema,
	runs: count,
	totalSteps: count,
	failed: z.int().min(0),
	/** Best first. */
	leaderboard: z.array(leaderboardEntrySchema),
	best: z
		.strictObject({ trial: z.string(), runDir: z.string(), values: valuesSchema, score: z.number() })
		.nullable(),
	/** The best run on `testData`; null without it, and until the sweep is complete. */
	test: evaluateResultSchema.nullable(),
	importance: z.array(parameterImportanceSchema),
});
export type SweepResult = z.infer<typeof sweepResultSchema>;

const trialId = z.string();
/** A line of `sweep-events.jsonl`, less its time. */
export const sweepEventSchema = z.discriminatedUnion("type", [
	z.strictObject({
		type: z.literal("sweep-started"),
		runs: count,
		totalSteps: count,
		parallel: count,
		threads: z.int().min(0),
		resumed: z.boolean(),
	}),
	z.strictObject({ type: z.literal("trial-started"), trial: trialId, attempt: count, toStep: count }),
	z.strictObject({
		type: z.literal("trial-finished"),
		trial: trialId,
		steps: z.int().min(0),
		score: z.number().nullable(),
	}),
	z.strictObject({
		type: z.literal("trial-failed"),
		trial: trialId,
		attempt: count,
		again: z.boolean(),
		error: z.string(),
	}),
	z.strictObject({ type: z.literal("rung-finished"), steps: count, goOn: z.array(trialId) }),
	z.strictObject({ type: z.literal("test-started"), trial: trialId }),
	z.strictObject({ type: z.literal("sweep-finished"), reason: z.enum(["completed", "stopped"]) }),
]);
export type SweepEvent = z.infer<typeof sweepEventSchema>;
