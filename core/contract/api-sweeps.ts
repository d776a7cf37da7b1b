import { z } from "zod";
import {
	countSchema,
	doneSchema,
	emptySchema,
	failureOrNullSchema,
	idSchema,
	intervalSchema,
	nameSchema,
	shareSchema,
	timeSchema,
} from "./api-common.ts";
import { method } from "./api-method.ts";
import { evaluateResultSchema } from "./jobs.ts";
import {
	parameterImportanceSchema,
	parameterInteractionSchema,
	sweepConfigSchema,
	sweepObjectiveSchema,
	sweepValueSchema,
} from "./sweep.ts";

export const sweepSummarySchema = z.strictObject({
	id: idSchema,
	name: z.string(),
	state: z.enum([
		"queued",
		"running",
		"stopping",
		"completed",
		"stopped",
		"failed",
		"interrupted",
		"unreadable",
	]),
	method: z.enum(["grid", "random", "asha"]),
	objective: sweepObjectiveSchema,
	modelName: z.string(),
	dataName: z.string(),
	/** Swept fields in the order of the plan, and how many values each takes (null for a range). */
	axes: z.array(z.strictObject({ field: z.string(), values: z.array(sweepValueSchema).nullable() })),
	total: countSchema,
	finished: countSchema,
	/** Left behind by successive halving. */
	cut: countSchema,
	failed: countSchema,
	training: countSchema,
	waiting: countSchema,
	stepsDone: countSchema,
	stepsTotal: countSchema,
	secondsLeft: z.number().nullable(),
	/** Training time that runs which stopped early did not take, as long as the sweep would have lasted more. */
	secondsSaved: z.number().min(0),
	createdAt: timeSchema,
	finishedAt: timeSchema.nullable(),
	best: z
		.strictObject({ runId: idSchema, values: z.record(z.string(), sweepValueSchema), score: z.number() })
		.nullable(),
	baseAccuracy: shareSchema.nullable(),
	failure: failureOrNullSchema,
});
export type SweepSummary = z.infer<typeof sweepSummarySchema>;

export const sweepTrialSchema = z.strictObject({
	trial: z.string(),
	/** Opens it as a run. */
	runId: idSchema,
	values: z.record(z.string(), sweepValueSchema),
	status: z.enum(["waiting", "training", "finished", "cut", "failed", "unfinished"]),
	step: countSchema,
	totalSteps: countSchema,
	/** Best validation mark so far; accuracy as a share. */
	score: z.number().nullable(),
	interval: intervalSchema.nullable(),
	bestStep: countSchema.nullable(),
	klEstimate: z.number().nullable(),
	accuracyCurve: z.array(z.tuple([countSchema, shareSchema])),
	error: z.string().nullable(),
});
export type SweepTrial = z.infer<typeof sweepTrialSchema>;

export const sweepDetailSchema = z.strictObject({
	summary: sweepSummarySchema,
	dir: z.string(),
	config: sweepConfigSchema.nullable(),
	/** Best first, then by the plan. */
	trials: z.array(sweepTrialSchema),
	importance: z.array(parameterImportanceSchema),
	/** Pairs of fields, the strongest first; without those that the runs say nothing about. */
	interactions: z.array(parameterInteractionSchema),
	/** The two best runs on the same held-out problems; null until both have answers. */
	topTwo: z
		.strictObject({
			a: idSchema,
			b: idSchema,
			n: countSchema,
			onlyA: countSchema,
			onlyB: countSchema,
			/** McNemar's exact test, two-sided. */
			p: z.number().min(0).max(1),
		})
		.nullable(),
	/** The best run on test data, once. */
	test: evaluateResultSchema.nullable(),
	notes: z.array(z.string()),
});
export type SweepDetail = z.infer<typeof sweepDetailSchema>;

const byId = z.strictObject({ id: idSchema });

export const sweepsApi = {
	"sweeps.list": method(emptySchema, z.strictObject({ sweeps: z.array(sweepSummarySchema) })),
	"sweeps.get": method(byId, sweepDetailSchema),
	"sweeps.control": method(z.strictObject({ id: idSchema, action: z.enum(["stop", "kill"]) }), doneSchema),
	"sweeps.resume": method(byId, doneSchema),
	"sweeps.rename": method(z.strictObject({ id: idSchema, name: nameSchema }), doneSchema),
	"sweeps.remove": method(byId, doneSchema),
} as const;
