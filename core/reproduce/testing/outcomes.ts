import type { ValueSummary } from "../../contract/jobs.ts";
import type { Environment } from "../environment.ts";
import { bestPoint, type Point, samePoint } from "../grid.ts";
import { makePlan } from "../make-plan.ts";
import { type Plan, trialsOf } from "../plan.ts";
import type { Outcomes, TestResult } from "../results.ts";

export const environment: Environment = {
	...{ schemaVersion: 1, program: "0.0.1", commit: "abc", modified: false, node: "v20", onnxRuntime: "1" },
	...{ system: "linux 6", cpu: "two <cores>", cores: 2, memoryGib: 8, started: "2026-01-01T00:00:00.000Z" },
	parallel: 2,
};

/** A test of 20 problems with the first `solved` of them right, sampled accuracy one problem lower. */
export function testOf(solved: number): TestResult {
	return {
		greedy: solved / 20,
		n: 20,
		sampled: { mean: (solved - 1) / 20, std: 0.01, n: 2 },
		solved: Array.from({ length: 20 }, (_, i) => i < solved),
	};
}

const summaryAt = (step: number, best: boolean, pearson: number): ValueSummary => ({
	step,
	best,
	auc: 0.5 + pearson / 2,
	aucWithinPrompt: 0.5 + pearson / 4,
	aucByPosition: Array(10).fill(0.5),
	meanCorrect: 0.8,
	meanWrong: 0.2,
	correlation: { pearson, spearman: pearson, n: 30 },
	correlationWrong: { pearson: pearson / 2, spearman: pearson / 2, n: 20 },
});

/** Solved test problems by variant and seed; variants that are not named solve `others`. */
export function outcomesOf(
	solved: Record<string, readonly number[]>,
	plan: Plan = makePlan({ form: "quick", seeds: 3, rare: false }),
	others: readonly number[] = [10, 10, 10],
): Outcomes {
	const borrowed: Point[] = [{ lr: 3e-5, beta: 0.3 }];
	const trials = plan.variants.flatMap((variant) =>
		trialsOf(plan, variant, variant.grid ?? borrowed).map((trial) => ({
			...{ id: trial.id, variant: variant.id, point: trial.point, seed: trial.seed, seconds: 10 },
			// The first point of a grid is the best.
			result: {
				accuracy: samePoint(trial.point, (variant.grid ?? borrowed)[0] as Point) ? 0.6 : 0.4,
				bestStep: 50,
				steps: 75,
				failure: null,
			},
		})),
	);
	return {
		probes: [],
		sampling: plan.seeds.map((seed) => ({ seed, result: { prompts: 10, responses: 80, correct: 40 } })),
		base: testOf(10),
		trials,
		tests: plan.variants.flatMap(({ id }) =>
			plan.seeds.map((seed, i) => ({
				variant: id,
				point: bestPoint(
					trials.filter(({ variant }) => variant === id).map((t) => ({ ...t, accuracy: t.result.accuracy })),
				),
				seed,
				result: testOf((solved[id] ?? others)[i] as number),
			})),
		),
		values: plan.seeds.map((seed) => ({
			seed,
			result: {
				...{ rows: 40, correct: 20, wrong: 20 },
				checkpoints: [summaryAt(25, false, 0.3), summaryAt(50, true, 0.7), summaryAt(75, false, 0.6)],
				cases: [
					{
						...{ step: 75, row: 1, prompt: "Ann has 3 <b>cards</b>.", verdict: "wrong" as const },
						segments: [
							{ text: "3+2=5\n", value: 0.9, score: 1 },
							{ text: "#### 5", value: -0.1, score: 0 },
						],
					},
				],
			},
		})),
	};
}
