import type { SweepSummary, SweepTrial } from "../../../core/contract/api-sweeps.ts";
import type { SweepObjective } from "../../../core/contract/sweep.ts";
import * as format from "../../ui/format.ts";

/** What the best is picked by, as headers and cells show it. */
export interface ScoreWords {
	/** `Accuracy`, in words that begin a title. */
	readonly name: string;
	/** The same inside a sentence. */
	readonly word: string;
	readonly unit: string;
	readonly decimals: number;
	/** A score in the unit of the column. */
	readonly shown: (score: number) => number;
	readonly higherIsBetter: boolean;
}

export const SCORES: Record<SweepObjective, ScoreWords> = {
	accuracy: {
		...{ name: "Accuracy", word: "accuracy", unit: "%", decimals: 1 },
		...{ shown: (score) => 100 * score, higherIsBetter: true },
	},
	heldOutLoss: {
		...{ name: "Held-out loss", word: "held-out loss", unit: "", decimals: 3 },
		...{ shown: (score) => score, higherIsBetter: false },
	},
};

/** `52.0 %` or `0.412`. */
export function scoreText(objective: SweepObjective, score: number | null): string {
	const { shown, decimals, unit } = SCORES[objective];
	if (score === null) return "n/a";
	return `${format.fixed(shown(score), decimals)}${unit && ` ${unit}`}`;
}

/** A run of a sweep by its number: `004`. */
export function trialName(trial: string): string {
	return trial.replace(/^t(?=\d)/, "");
}

/** Whether a run may take part in a comparison of scores: it has one, and nothing went wrong. */
export function isScored<T extends Pick<SweepTrial, "score" | "status">>(
	trial: T,
): trial is T & { score: number } {
	return trial.score !== null && trial.status !== "failed";
}

export const TRIAL_WORDS: Record<SweepTrial["status"], string> = {
	waiting: "Waiting",
	training: "Training",
	finished: "Finished",
	cut: "Stopped early",
	failed: "Failed",
	unfinished: "Unfinished",
};

interface StateWords {
	readonly label: string;
	readonly tone: "good" | "bad" | "warn" | "accent" | "neutral";
}

const SWEEP_STATES: Record<SweepSummary["state"], StateWords> = {
	queued: { label: "Queued", tone: "neutral" },
	running: { label: "Training", tone: "good" },
	stopping: { label: "Stopping", tone: "neutral" },
	completed: { label: "Finished", tone: "neutral" },
	stopped: { label: "Stopped", tone: "neutral" },
	failed: { label: "Failed", tone: "bad" },
	interrupted: { label: "Interrupted", tone: "warn" },
	unreadable: { label: "Unreadable", tone: "bad" },
};

/** What a sweep is called in its state; one whose every run failed came to nothing. */
export function sweepState({
	state,
	failed,
	total,
}: Pick<SweepSummary, "state" | "failed" | "total">): StateWords {
	return state === "completed" && total > 0 && failed === total ? ALL_FAILED : SWEEP_STATES[state];
}

const ALL_FAILED: StateWords = { label: "All failed", tone: "bad" };

export const SEARCH_WORDS: Record<SweepSummary["method"], string> = {
	grid: "Grid",
	random: "Random",
	asha: "Successive halving",
};

/** `5 × 3 × 2` of a grid; what is drawn otherwise. */
export function sizeText({ method, axes, total }: Pick<SweepSummary, "method" | "axes" | "total">): string {
	if (method !== "grid" || axes.some(({ values }) => values === null)) return format.plural(total, "run");
	return axes.map(({ values }) => values?.length).join(" × ");
}
