import { existsSync } from "node:fs";
import { join } from "node:path";
import type { EngineEvent } from "../contract/events.ts";
import type { SweepObjective, Trial } from "../contract/sweep.ts";
import { readEvents } from "../engine/event-log.ts";

export interface Mark {
	readonly score: number;
	readonly step: number;
}

/** What a trial's own files say about it. */
export interface TrialState {
	/** It holds a run that must be resumed rather than started. */
	readonly begun: boolean;
	readonly steps: number;
	/** Steps after which it last ended in good order; 0 before that. */
	readonly completedSteps: number;
	/** Why it cannot go on: its numbers are no longer finite, and trying again would end the same. */
	readonly diverged: string | null;
	/** The best mark of the trained policy within the first `upTo` steps. */
	mark(upTo: number): Mark | null;
}

/** Reads where a trial stands from its folder. */
export function readTrial(dir: string, trial: Trial, objective: SweepObjective): TrialState {
	const events = readEvents(join(dir, "events.jsonl"));
	const last = events.at(-1);
	const failure = last?.type === "run-failed" ? last.failure : null;
	return {
		begun: existsSync(join(dir, "run.json")),
		steps: events.findLast((event) => event.type === "step")?.metrics.step ?? 0,
		completedSteps: events.reduce((most, event) => Math.max(most, completedSteps(event)), 0),
		diverged:
			failure?.kind === "expected" && failure.error.code === "diverged" ? failure.error.message : null,
		mark: (upTo) => bestMark(events, trial.warmupSteps, upTo, objective),
	};
}

function completedSteps(event: EngineEvent): number {
	if (event.type !== "run-finished" || event.reason !== "completed") return 0;
	return typeof event.summary.steps === "number" ? event.summary.steps : 0;
}

/** The earliest of the best, which is the checkpoint that the run itself keeps as its best. */
function bestMark(
	events: readonly EngineEvent[],
	warmupSteps: number,
	upTo: number,
	objective: SweepObjective,
): Mark | null {
	// Work that was lost is evaluated again; the later record of a step is the one that was kept.
	const scores = new Map<number, number>();
	for (const event of events) {
		if (event.type !== "eval" || event.split !== "validation") continue;
		const score = objective === "accuracy" ? event.accuracy : event.heldOutLoss;
		if (score !== null && event.step > warmupSteps && event.step <= upTo) scores.set(event.step, score);
	}
	let best: Mark | null = null;
	for (const [step, score] of [...scores].sort(([a], [b]) => a - b)) {
		if (best === null || better(score, best.score, objective)) best = { step, score };
	}
	return best;
}

/** Accuracy rises, held-out loss falls. */
export function better(score: number, than: number, objective: SweepObjective): boolean {
	return objective === "accuracy" ? score > than : score < than;
}
