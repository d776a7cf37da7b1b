import { losses } from "../losses/index.ts";
import type { Plan, Trial } from "./plan.ts";
import type { ProblemFile } from "./settings.ts";

/** Seconds on one core of a small machine, measured with the starter; the run itself corrects them as it goes. */
const SECONDS = {
	start: 2,
	response: 0.0016,
	/** Per response and pass: policy alone, and with the value function; the value warm-up; reference log-probs. */
	policyPass: 0.0022,
	valuedPass: 0.0045,
	warmup: 0.0024,
	reference: 0.0007,
	/** Per roll-out: most prefixes need few new tokens. */
	rollout: 0.0008,
	/** Share of responses that are wrong, and prefixes completed for each. */
	wrongShare: 0.5,
	prefixesPerWrong: 1.2,
} as const;

export function sampleSeconds(responses: number): number {
	return SECONDS.start + SECONDS.response * responses;
}

/** The starter's files hold about this many problems. */
const PROBLEMS: Record<ProblemFile, number> = { train: 2000, validation: 500, test: 1000 };

export const probeSeconds = (file: ProblemFile, samples: number): number =>
	sampleSeconds(PROBLEMS[file] * samples);

export function processSeconds(plan: Plan, responses: number): number {
	const prefixes = responses * SECONDS.wrongShare * SECONDS.prefixesPerWrong;
	return SECONDS.start + prefixes * plan.rollouts * SECONDS.rollout;
}

export function trialSeconds(plan: Plan, { variant }: Trial): number {
	const { method, data, epochs } = variant;
	const all = plan.prompts * plan.samples;
	const { rows, needsValue, needsReference } = losses[method];
	const responses = data === "references" ? plan.prompts : rows === "correct" ? all / 2 : all;
	const pass = needsValue ? SECONDS.valuedPass : SECONDS.policyPass;
	const passes = epochs * pass + (needsValue ? SECONDS.warmup : 0) + (needsReference ? SECONDS.reference : 0);
	const steps = (responses * epochs) / (plan.globalBatch * (rows === "pairs" ? 2 : 1));
	const evaluations = 2 + (plan.evalEverySteps > 0 ? steps / plan.evalEverySteps : epochs);
	return SECONDS.start + responses * passes + evaluations * plan.validationProblems * SECONDS.response;
}

export function testSeconds(plan: Plan): number {
	return sampleSeconds((plan.testProblems ?? PROBLEMS.test) * (1 + plan.sampledSeeds));
}

export function valuesSeconds(plan: Plan): number {
	const checkpoints = (2 * plan.prompts * plan.samples) / plan.globalBatch / Math.max(1, plan.evalEverySteps);
	return SECONDS.start + plan.valueProblems * plan.valueSamples * checkpoints * SECONDS.reference * 2;
}
