import type { Environment } from "./environment.ts";
import { edgesOf, type Point, samePoint } from "./grid.ts";
import type { Measured, ValueReport } from "./measured.ts";
import type { Plan, Variant } from "./plan.ts";
import type { Outcomes, SampledResult, TestResult } from "./results.ts";
import { differences, type Interval, meanRow, summarise } from "./statistics.ts";
import { judge, type Verdict } from "./verdicts.ts";

export interface TrialRow {
	readonly id: string;
	readonly variant: string;
	readonly point: Point;
	readonly seed: number;
	/** Percent; null when the run broke down. */
	readonly validation: number | null;
	readonly bestStep: number | null;
	readonly steps: number;
	readonly seconds: number;
	readonly failure: string | null;
}

export interface Report {
	readonly schemaVersion: 2;
	readonly plan: Plan;
	readonly environment: Environment;
	/** Seconds of all stages put together, whenever they ran. */
	readonly stageSeconds: number;
	/** Problems kept of each file where only those are used that are rarely solved. */
	readonly probes: Outcomes["probes"];
	readonly sampling: readonly ({ seed: number } & SampledResult)[];
	readonly base: { greedy: number; n: number; sampled: number; deviation: number };
	readonly measured: readonly Measured[];
	readonly trials: readonly TrialRow[];
	readonly values: ValueReport | null;
	readonly verdicts: readonly Verdict[];
	/** What was left out, and why. */
	readonly notes: readonly string[];
}

export interface Measurements {
	readonly plan: Plan;
	readonly environment: Environment;
	readonly outcomes: Outcomes;
	readonly stageSeconds: number;
	readonly notes: readonly string[];
}

/** Tables, figures and verdicts from the numbers of all stages. */
export function makeReport({ plan, environment, outcomes, stageSeconds, notes }: Measurements): Report {
	const { base } = outcomes;
	const measured = plan.variants.flatMap((variant) => {
		const found = measure(variant, outcomes);
		return found === null ? [] : [found];
	});
	const values = valueReport(outcomes);
	return {
		schemaVersion: 2,
		plan,
		environment,
		stageSeconds,
		probes: outcomes.probes,
		sampling: outcomes.sampling.map(({ seed, result }) => ({ seed, ...result })),
		base: {
			greedy: 100 * base.greedy,
			n: base.n,
			sampled: 100 * base.sampled.mean,
			deviation: 100 * base.sampled.std,
		},
		measured,
		trials: outcomes.trials.map(({ result, ...trial }) => ({
			...trial,
			validation: result.accuracy === null ? null : 100 * result.accuracy,
			bestStep: result.bestStep,
			steps: result.steps,
			failure: result.failure,
		})),
		values,
		verdicts: judge(plan, measured, values, solvedShares(outcomes)),
		notes,
	};
}

function measure(variant: Variant, { base, trials, tests }: Outcomes): Measured | null {
	const found = tests.filter((test) => test.variant === variant.id).sort((a, b) => a.seed - b.seed);
	const [first] = found;
	if (first === undefined) return null;
	const { point } = first;
	const chosen = trials.filter((trial) => trial.variant === variant.id && samePoint(trial.point, point));
	const results = found.map(({ result }) => result);
	const greedy = results.map((result) => 100 * result.greedy);
	const sampled = results.map(({ sampled: { mean } }) => 100 * mean);
	return {
		id: variant.id,
		label: variant.label,
		table: variant.table,
		point,
		edges: variant.grid === null ? [] : edgesOf(variant.grid, point),
		validation:
			variant.grid === null ? null : summarise(chosen.map(({ result }) => 100 * (result.accuracy ?? 0))).mean,
		seeds: found.map(({ seed }) => seed),
		greedy: summarise(greedy),
		sampled: summarise(sampled),
		deviation: summarise(results.map((result) => 100 * result.sampled.std)).mean,
		gain: summarise(greedy.map((x) => x - 100 * base.greedy)),
		gainByProblem: gainByProblem(results, base),
		sampledGain: summarise(sampled.map((x) => x - 100 * base.sampled.mean)),
		greedyBySeed: greedy,
		sampledBySeed: sampled,
	};
}

/** Percent of seeds that solve each test problem greedily, by variant. */
function solvedShares({ tests }: Outcomes): ReadonlyMap<string, readonly number[]> {
	const ids = [...new Set(tests.map(({ variant }) => variant))];
	const of = (id: string) =>
		tests.filter(({ variant }) => variant === id).map(({ result }) => points(result));
	return new Map(ids.map((id) => [id, meanRow(of(id))]));
}

const points = ({ solved }: TestResult): number[] => solved.map((correct) => (correct ? 100 : 0));

function gainByProblem(results: readonly TestResult[], base: TestResult): Interval | null {
	return differences(meanRow(results.map(points)), points(base)).interval;
}

function valueReport({ values }: Outcomes): ValueReport | null {
	const [first] = values;
	if (first === undefined) return null;
	return {
		rows: first.result.rows,
		wrong: first.result.wrong,
		bySeed: values.map(({ seed, result: { checkpoints } }) => ({
			seed,
			bestStep: (checkpoints.find(({ best }) => best) ?? checkpoints.at(-1))?.step ?? 0,
			checkpoints,
		})),
		cases: first.result.cases,
		hasScores: first.result.checkpoints.some(({ correlation }) => correlation !== null),
	};
}
