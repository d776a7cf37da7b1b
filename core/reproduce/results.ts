import { z } from "zod";
import { valueCaseSchema, valueSummarySchema } from "../contract/jobs.ts";
import type { Point } from "./grid.ts";
import type { ProblemFile } from "./settings.ts";

const share = z.number().min(0).max(1);

/** What a stage keeps of each job's result; a job may say more. */
export const sampledResultSchema = z.object({
	prompts: z.int().min(0),
	responses: z.int().min(0),
	correct: z.int().min(0),
});
export type SampledResult = z.infer<typeof sampledResultSchema>;

/** How many problems of a file are rarely solved and kept. */
export const probeResultSchema = z.strictObject({ problems: z.int().min(0), kept: z.int().min(1) });
export type ProbeResult = z.infer<typeof probeResultSchema>;

export const trialResultSchema = z.strictObject({
	/** Validation accuracy of the best checkpoint; null when the run broke down. */
	accuracy: share.nullable(),
	bestStep: z.int().min(0).nullable(),
	steps: z.int().min(0),
	failure: z.string().nullable(),
});
export type TrialResult = z.infer<typeof trialResultSchema>;

export const testResultSchema = z.strictObject({
	greedy: share,
	n: z.int().min(1),
	sampled: z.strictObject({ mean: z.number(), std: z.number(), n: z.int().min(1) }),
	/** Whether each test problem was solved greedily, in the file's order. */
	solved: z.array(z.boolean()),
});
export type TestResult = z.infer<typeof testResultSchema>;

export const valuesStageSchema = z.object({
	rows: z.int().min(0),
	correct: z.int().min(0),
	wrong: z.int().min(0),
	checkpoints: z.array(valueSummarySchema),
	cases: z.array(valueCaseSchema),
});
export type ValuesStage = z.infer<typeof valuesStageSchema>;

/** The numbers of a whole reproduction, as its stages left them. */
export interface Outcomes {
	/** Empty where all problems are used. */
	readonly probes: readonly ({ file: ProblemFile } & ProbeResult)[];
	readonly sampling: readonly { seed: number; result: SampledResult }[];
	readonly base: TestResult;
	readonly trials: readonly {
		id: string;
		variant: string;
		point: Point;
		seed: number;
		seconds: number;
		result: TrialResult;
	}[];
	readonly tests: readonly { variant: string; point: Point; seed: number; result: TestResult }[];
	/** V of DQO's tested runs on held-out responses. */
	readonly values: readonly { seed: number; result: ValuesStage }[];
}

/** What is read of a graded test problem. */
export const graded = z.object({ label: z.boolean() });
