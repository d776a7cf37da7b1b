import type { EvaluationPoint } from "../../contract/api-runs.ts";
import type { SweepTrial } from "../../contract/api-sweeps.ts";
import type { LeaderboardEntry, SweepObjective, SweepPlan, Trial } from "../../contract/sweep.ts";
import { parameterInteractions } from "../../sweeps/interactions.ts";
import { parameterImportance, ranked } from "../../sweeps/leaderboard.ts";
import { better } from "../../sweeps/trial-state.ts";
import type { RunService } from "../runs/service.ts";
import type { Course } from "./course.ts";

/** A trial as the detail shows it, with its accuracy before the first step and the time of a step. */
export interface TrialView extends SweepTrial {
	readonly baseAccuracy: number | null;
	readonly secondsPerStep: number | null;
}

/** Every run of a sweep, the best first; `active` says whether those that wait may still start. */
export function trialViews(
	sweepId: string,
	plan: SweepPlan,
	course: Course,
	runs: RunService,
	active: boolean,
): TrialView[] {
	const views = plan.trials.map((trial) => trialView(sweepId, trial, plan, course, runs, active));
	const entries = views.map((view) => ({ ...toEntry(view), view }));
	return ranked(entries, plan.objective).map(({ view }) => view);
}

/** How much each swept field explains, and each pair of them; see `parameterImportance` and `parameterInteractions`. */
export function importanceOf(trials: readonly TrialView[]) {
	const entries = trials.map(toEntry);
	return { importance: parameterImportance(entries), interactions: parameterInteractions(entries) };
}

/** Seconds that the steps of runs which stopped early would have taken, `parallel` runs side by side. */
export function secondsSaved(
	trials: readonly Pick<TrialView, "status" | "step" | "totalSteps" | "secondsPerStep">[],
	parallel: number,
): number {
	return trials
		.filter(({ status }) => status === "cut")
		.reduce(
			(sum, { step, totalSteps, secondsPerStep }) =>
				sum + (Math.max(0, totalSteps - step) * (secondsPerStep ?? 0)) / parallel,
			0,
		);
}

function trialView(
	sweepId: string,
	trial: Trial,
	plan: SweepPlan,
	course: Course,
	runs: RunService,
	active: boolean,
): TrialView {
	const runId = `${sweepId}/${trial.id}`;
	const { digest } = runs.entry(runId).reader;
	const marks = digest.columns.evaluations.filter(({ step }) => step > trial.warmupSteps);
	const best = bestOf(marks, plan.objective);
	return {
		trial: trial.id,
		runId,
		values: trial.values,
		status: statusOf(trial, course, active),
		step: digest.step,
		totalSteps: trial.totalSteps,
		score: best === null ? null : scoreOf(best, plan.objective),
		interval: plan.objective === "accuracy" ? (best?.interval ?? null) : null,
		bestStep: best?.step ?? null,
		klEstimate: digest.klEstimate,
		accuracyCurve: digest.accuracyCurve,
		error: course.failed.get(trial.id) ?? null,
		baseAccuracy: digest.baseAccuracy,
		secondsPerStep: digest.secondsPerStep,
	};
}

function statusOf(trial: Trial, course: Course, active: boolean): SweepTrial["status"] {
	if (course.failed.has(trial.id)) return "failed";
	if (course.cut.has(trial.id)) return "cut";
	if ((course.finished.get(trial.id) ?? 0) >= trial.totalSteps) return "finished";
	if (!active) return "unfinished";
	return course.training.has(trial.id) ? "training" : "waiting";
}

/** The earliest of the best, which is the checkpoint that the run keeps. */
function bestOf(marks: readonly EvaluationPoint[], objective: SweepObjective): EvaluationPoint | null {
	let best: EvaluationPoint | null = null;
	for (const mark of marks) {
		const score = scoreOf(mark, objective);
		if (score === null) continue;
		const known = best === null ? null : scoreOf(best, objective);
		if (known === null || better(score, known, objective)) best = mark;
	}
	return best;
}

function scoreOf(mark: EvaluationPoint, objective: SweepObjective): number | null {
	return objective === "accuracy" ? mark.accuracy : mark.heldOutLoss;
}

function toEntry({ trial, values, status, step, score, bestStep, error }: TrialView): LeaderboardEntry {
	const known = status === "waiting" || status === "training" ? "unfinished" : status;
	return { trial, values, status: known, steps: step, score, bestStep, error };
}
