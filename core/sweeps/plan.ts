import { AppError } from "../contract/errors.ts";
import { type FieldProblem, resolveRunConfig } from "../contract/resolve.ts";
import type { RunConfig } from "../contract/run.ts";
import {
	SWEEP_SCHEMA_VERSION,
	type SweepConfig,
	type SweepObjective,
	type SweepPlan,
} from "../contract/sweep.ts";
import { planSteps } from "../training/plan-steps.ts";
import { prepare } from "../training/prepare.ts";
import type { Trajectory } from "../training/trajectories.ts";
import { configAt, expand, invalidPoints, nameOf, type Point } from "./expand.ts";

/** Fields that decide which data a run reads and how it encodes them. */
const DATA_FIELDS = [
	...["method", "modelDir", "dataPath", "validationPath", "task", "template", "split", "seed"],
	...["processRewardScale", "maxPromptTokens", "maxResponseTokens", "evalLimit"],
] as (keyof RunConfig)[];

/** Fields that enter the loss itself: held-out losses of runs that differ in them are numbers of different kinds. */
const LOSS_FIELDS = new Set([
	...["method", "beta", "lambda", "importanceWeight", "processRewardScale", "labelSmoothing"],
	...["desirableWeight", "undesirableWeight"],
]);

/** Fields on which the choice of validation prompts depends. */
const SPLIT_FIELDS = new Set(["seed", "split", "validationPath", "evalLimit", "dataPath"]);

interface DataFacts {
	readonly train: readonly Trajectory[];
	readonly gradable: boolean;
	readonly heldOut: boolean;
}

/**
 * Settles everything about a sweep before it starts: each run is checked against its model and data, and its steps are
 * counted. Throws `config-invalid` naming everything that is wrong at once.
 */
export async function makePlan(config: SweepConfig, cores: number): Promise<SweepPlan> {
	const points = expand(config);
	const problems: FieldProblem[] = [];
	const facts = await lookAtData(points, problems);
	if (problems.length > 0) throw invalidPoints(problems);
	const objective = chooseObjective(config, facts);
	problems.push(...objectiveProblems(config, objective, facts));

	const share = shareCores(config, points, cores);
	const trials = points.map(({ values, config: own }, i) => {
		// Without grading, a run keeps the checkpoint of the lowest held-out loss as its best.
		const task = objective === "accuracy" ? own.task : null;
		const { warmupSteps, totalSteps } = planSteps(own, (facts[i] as DataFacts).train);
		const resolved = { ...own, task, threads: share.threads };
		return {
			id: `t${String(i + 1).padStart(3, "0")}`,
			values: { ...values },
			config: resolved,
			warmupSteps,
			totalSteps,
		};
	});
	const longest = Math.max(...trials.map((trial) => trial.totalSteps));
	const warmup = Math.max(...trials.map((trial) => trial.warmupSteps));
	if (config.asha !== null && config.asha.minSteps <= warmup) {
		const reason = `must exceed the ${warmup} steps in which the value function alone learns`;
		problems.push({ field: "asha.minSteps", reason });
	}
	if (config.asha !== null && config.asha.minSteps >= longest) {
		problems.push({ field: "asha.minSteps", reason: `must be below the ${longest} steps of a whole run` });
	}
	if (problems.length > 0) throw invalidPoints(problems);
	const rungs = rungsOf(config, longest);
	return {
		schemaVersion: SWEEP_SCHEMA_VERSION,
		config,
		objective,
		parallel: share.parallel,
		rungs,
		totalSteps: budget(
			trials.map((trial) => trial.totalSteps),
			rungs,
			config.asha?.reduction ?? 1,
		),
		trials,
		notes: [...share.notes, ...splitNotes(config)],
	};
}

/** Runs that go on after a rung where `count` were made. */
export function survivors(count: number, reduction: number): number {
	return Math.max(1, Math.floor(count / reduction));
}

/** Reads each distinct data set once; what a run's data forbid is a problem of that point. */
async function lookAtData(points: readonly Point[], problems: FieldProblem[]): Promise<DataFacts[]> {
	const known = new Map<string, DataFacts | AppError>();
	const facts: DataFacts[] = [];
	for (const { values, config } of points) {
		const key = JSON.stringify(DATA_FIELDS.map((field) => config[field]));
		const found = known.get(key) ?? (await dataFacts(config));
		known.set(key, found);
		if (found instanceof AppError) {
			problems.push({ field: nameOf(values), reason: `${found.message} ${found.hint}` });
		} else facts.push(found);
	}
	return facts;
}

async function dataFacts(config: RunConfig): Promise<DataFacts | AppError> {
	try {
		const { train, heldOut, heldOutPrompts } = await prepare(config);
		return { train, gradable: heldOutPrompts.length > 0, heldOut: heldOut.length > 0 };
	} catch (error) {
		if (error instanceof AppError) return error;
		throw error;
	}
}

function chooseObjective({ objective }: SweepConfig, facts: readonly DataFacts[]): SweepObjective {
	return objective ?? (facts.every(({ gradable }) => gradable) ? "accuracy" : "heldOutLoss");
}

function objectiveProblems(
	config: SweepConfig,
	objective: SweepObjective,
	facts: readonly DataFacts[],
): FieldProblem[] {
	const problems: FieldProblem[] = [];
	const unmarked = facts.filter((fact) => !(objective === "accuracy" ? fact.gradable : fact.heldOut)).length;
	if (unmarked > 0) {
		const what =
			objective === "accuracy" ? "held-out prompts whose answers can be graded" : "held-out responses";
		const reason = `${unmarked} of ${facts.length} runs have no ${what}; raise split.validation or give validationPath`;
		problems.push({ field: "objective", reason });
	}
	const mixed = Object.keys(config.space).filter((field) => LOSS_FIELDS.has(field));
	if (objective === "heldOutLoss" && mixed.length > 0) {
		const reason = `held-out losses cannot be compared between runs that differ in ${mixed.join(", ")}; give data with reference answers and a task`;
		problems.push({ field: "objective", reason });
	}
	if (config.testData !== null && resolveRunConfig(configAt(config.base, {})).task === null) {
		problems.push({ field: "testData", reason: "needs a task to grade the answers by" });
	}
	if ("threads" in config.space) {
		problems.push({
			field: "threads",
			reason: "is set by the sweep and changes no result; take it out of the space",
		});
	}
	return problems;
}

/** Runs at once and threads for each, so that together they take no more than the cores there are. */
function shareCores({ maxParallel }: SweepConfig, points: readonly Point[], cores: number) {
	const given = points[0]?.config.threads ?? 0;
	const most = given > 0 ? Math.max(1, Math.floor(cores / given)) : cores;
	const wanted = Math.min(maxParallel ?? Math.max(1, Math.floor(cores / 2)), points.length);
	const parallel = Math.min(wanted, most);
	const notes =
		maxParallel !== null && wanted > most
			? [
					`${parallel} runs at once instead of ${wanted}: there are ${cores} cores${given > 1 ? ` and a run takes ${given}` : ""}.`,
				]
			: [];
	return { parallel, threads: given > 0 ? given : Math.max(1, Math.floor(cores / parallel)), notes };
}

function splitNotes({ space, base }: SweepConfig): string[] {
	const fields = Object.keys(space).filter((field) => {
		const top = field.split(".")[0] ?? "";
		return SPLIT_FIELDS.has(top) && !(top === "seed" && typeof base.validationPath === "string");
	});
	if (fields.length === 0) return [];
	return [
		`Runs that differ in ${fields.join(", ")} are validated on different prompts, so part of their difference is the luck of the split.`,
	];
}

/** Steps at which runs are compared, rising; the last takes every run to its end. */
export function rungsOf({ asha }: Pick<SweepConfig, "asha">, longest: number): number[] {
	const rungs: number[] = [];
	if (asha !== null) {
		for (let steps = asha.minSteps; steps < longest; steps *= asha.reduction) rungs.push(steps);
	}
	return [...rungs, longest];
}

/** Steps of all runs over all rungs, taking the longest runs for the ones that go on. */
export function budget(totals: readonly number[], rungs: readonly number[], reduction: number): number {
	let total = 0;
	let alive = totals.length;
	rungs.forEach((rung, k) => {
		const before = rungs[k - 1] ?? 0;
		const steps = totals.map((own) => Math.min(own, rung) - Math.min(own, before)).sort((a, b) => b - a);
		if (k > 0) alive = survivors(alive, reduction);
		total += steps.slice(0, alive).reduce((sum, n) => sum + n, 0);
	});
	return total;
}
