import type { RunSummary } from "../../core/contract/api-runs.ts";

/** Colours of runs; more than these are drawn by the heat ramp. */
export const RUN_COLORS = 8;

/** CSS colour of the slot, from 0. */
export function slotColor(slot: number): string {
	return `var(--run-${(slot % RUN_COLORS) + 1})`;
}

/** A run's own colour: by its place in the order of making, so that it keeps it while others come. */
export function runColor(runs: readonly RunSummary[], id: string): string {
	const older = runs.find((run) => run.id === id)?.createdAt ?? Number.POSITIVE_INFINITY;
	return slotColor(runs.filter((run) => run.createdAt < older).length);
}
