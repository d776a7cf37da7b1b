import { z } from "zod";
import { methodSchema } from "../contract/run.ts";
import type { VersionedFormat } from "../store/versioned.ts";
import { type Point, pointId, pointSchema, rates } from "./grid.ts";

/** Which rows a variant trains on; all but the reference solutions come from one sampling of a seed. */
const DATA = ["references", "samples", "pairs", "process"] as const;

/** One way of training that the report compares. */
const variantSchema = z.strictObject({
	id: z.string(),
	label: z.string(),
	method: methodSchema,
	data: z.enum(DATA),
	/** Table the variant stands in: 3 compares methods, 5 importance weights, 6 lambdas, 7 process scores. */
	table: z.union([z.literal(3), z.literal(5), z.literal(6), z.literal(7)]),
	/** Settings tried, the best on validation is tested; null takes the setting that was best for DQO. */
	grid: z.array(pointSchema).min(1).nullable(),
	epochs: z.number().positive(),
	/** Fields of the run configuration that make the variant what it is. */
	change: z.record(z.string(), z.unknown()),
});
export type Variant = z.infer<typeof variantSchema>;

export const planSchema = z.strictObject({
	schemaVersion: z.literal(2),
	form: z.enum(["full", "quick"]),
	/**
	 * Keeps the problems that the starter solves in at most `maxSolved` of `samples` responses, drawn for this alone; in
	 * training, validation and test alike. Null keeps all problems.
	 */
	rare: z.strictObject({ samples: z.int().min(1), maxSolved: z.number().min(0).max(1) }).nullable(),
	/** Each seeds one sampling and the training runs on it. */
	seeds: z.array(z.int().min(0)).min(1),
	/** Training problems that responses are sampled for, and responses for each. */
	prompts: z.int().min(1),
	samples: z.int().min(1),
	/** Completions of each prefix that process scores are counted from. */
	rollouts: z.int().min(1),
	globalBatch: z.int().min(2),
	evalEverySteps: z.int().min(0),
	/** Validation problems that choose checkpoints and settings. */
	validationProblems: z.int().min(1),
	/** Other validation problems, with responses for each, that V is read on. */
	valueProblems: z.int().min(1),
	valueSamples: z.int().min(1),
	/** Test problems; null takes all. */
	testProblems: z.int().min(1).nullable(),
	/** Sampling seeds of the sampled accuracy. */
	sampledSeeds: z.int().min(1),
	maxPromptTokens: z.int().min(1),
	maxResponseTokens: z.int().min(1),
	variants: z.array(variantSchema).min(1),
});
export type Plan = z.infer<typeof planSchema>;

const planV1Schema = z.looseObject({
	variants: z.array(z.looseObject({ rates: z.array(z.number()).nullable() })),
});

export const PLAN: VersionedFormat<Plan> = {
	what: "plan",
	version: 2,
	schema: planSchema,
	migrations: {
		/** Version 1 had grids of learning rates alone, and always all problems. */
		1: (old) => ({
			...old,
			rare: null,
			variants: planV1Schema.parse(old).variants.map(({ rates: lrs, ...variant }) => ({
				...variant,
				grid: lrs && rates(null, ...lrs),
			})),
		}),
	},
};

/** One training run of the plan. */
export interface Trial {
	id: string;
	variant: Variant;
	point: Point;
	seed: number;
}

export function trialOf(variant: Variant, point: Point, seed: number): Trial {
	return { id: `${variant.id}-${pointId(point)}-seed${seed}`, variant, point, seed };
}

/** Every run of a variant: the points of its grid (or those given) by the plan's seeds. */
export function trialsOf(plan: Plan, variant: Variant, points = variant.grid ?? []): Trial[] {
	return points.flatMap((point) => plan.seeds.map((seed) => trialOf(variant, point, seed)));
}
