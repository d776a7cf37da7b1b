import type { ModelRef } from "../../../core/contract/api-common.ts";
import type { ModelEntry } from "../../../core/contract/api-models.ts";
import type { RunSummary } from "../../../core/contract/api-runs.ts";

/** Something that can be asked. */
export interface Target {
	/** Names it in lists: `model:ID` or `run:ID:best`. */
	readonly key: string;
	readonly ref: ModelRef;
	readonly label: string;
	readonly detail: string;
	/** Whether its method trains a value function. */
	readonly hasValue: boolean;
}

export const MOST_TARGETS = 4;

/** Everything that can be asked now: models that are ready, then the checkpoints of runs, newest first. */
export function allTargets(models: readonly ModelEntry[], runs: readonly RunSummary[]): Target[] {
	const ofModels = models
		.filter(({ state }) => state === "ready")
		.map(
			({ id, name }): Target => ({
				...{
					key: `model:${id}`,
					ref: { type: "model", id },
					label: name,
					detail: "base model",
					hasValue: false,
				},
			}),
		);
	const ofRuns = runs
		.filter(({ lastSavedStep }) => lastSavedStep !== null)
		.flatMap((run) =>
			(["best", "last"] as const).map(
				(checkpoint): Target => ({
					key: `run:${run.id}:${checkpoint}`,
					ref: { type: "run", id: run.id, checkpoint },
					label: run.name,
					detail:
						checkpoint === "best"
							? `best checkpoint${stepOf(run.bestStep)}`
							: `last checkpoint${stepOf(run.lastSavedStep)}`,
					hasValue: run.method === "dqo" || run.method === "dro",
				}),
			),
		);
	return [...ofModels, ...ofRuns];
}

function stepOf(step: number | null): string {
	return step === null ? "" : `, step ${step}`;
}

/** What is compared at first: the base model on the left, and the run asked for, or the newest one, on the right. */
export function firstTargets(
	all: readonly Target[],
	asked: { run: string | null; model: string | null },
): string[] {
	const base = all.find(
		({ ref }) => ref.type === "model" && (asked.model === null || ref.id === asked.model),
	);
	const run = all.find(({ ref }) => ref.type === "run" && (asked.run === null || ref.id === asked.run));
	return [base, run].flatMap((target) => (target ? [target.key] : []));
}
