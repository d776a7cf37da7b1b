import { z } from "zod";
import { compareResultSchema, compareSpecSchema } from "./comparison.ts";
import { evaluateResultSchema, evaluateSpecSchema } from "./job-evaluate.ts";
import { exportResultSchema, exportSpecSchema } from "./job-export.ts";
import {
	generateResultSchema,
	generateSpecSchema,
	processScoresResultSchema,
	processScoresSpecSchema,
} from "./job-generate.ts";
import {
	gradeResultSchema,
	gradeSpecSchema,
	pairsResultSchema,
	pairsSpecSchema,
	splitResultSchema,
	splitSpecSchema,
} from "./job-prepare.ts";
import { probeResultSchema, probeSpecSchema } from "./job-probe.ts";
import { trainResultSchema, trainSpecSchema } from "./job-train.ts";
import { valuesResultSchema, valuesSpecSchema } from "./job-values.ts";
import { parityResultSchema, paritySpecSchema } from "./parity.ts";
import {
	inspectResultSchema,
	inspectSpecSchema,
	playgroundResultSchema,
	playgroundSpecSchema,
} from "./playground.ts";

export * from "./job-evaluate.ts";
export * from "./job-export.ts";
export * from "./job-generate.ts";
export * from "./job-prepare.ts";
export * from "./job-probe.ts";
export * from "./job-train.ts";
export * from "./job-values.ts";

/** Everything an engine process can be asked to do; one process does one of them. */
export const jobSpecSchema = z.discriminatedUnion("kind", [
	trainSpecSchema,
	generateSpecSchema,
	processScoresSpecSchema,
	evaluateSpecSchema,
	valuesSpecSchema,
	exportSpecSchema,
	gradeSpecSchema,
	pairsSpecSchema,
	splitSpecSchema,
	compareSpecSchema,
	inspectSpecSchema,
	playgroundSpecSchema,
	probeSpecSchema,
	paritySpecSchema,
]);
export type JobSpec = z.infer<typeof jobSpecSchema>;
export type JobKind = JobSpec["kind"];

/** The schema of what each job gives back. */
export const jobResultSchemas = {
	train: trainResultSchema,
	generate: generateResultSchema,
	"process-scores": processScoresResultSchema,
	evaluate: evaluateResultSchema,
	values: valuesResultSchema,
	export: exportResultSchema,
	grade: gradeResultSchema,
	pairs: pairsResultSchema,
	split: splitResultSchema,
	compare: compareResultSchema,
	inspect: inspectResultSchema,
	playground: playgroundResultSchema,
	"probe-provider": probeResultSchema,
	parity: parityResultSchema,
} satisfies Record<JobKind, z.ZodType>;
export type JobResult<K extends JobKind> = z.infer<(typeof jobResultSchemas)[K]>;
export type SpecOf<K extends JobKind> = Extract<JobSpec, { kind: K }>;
