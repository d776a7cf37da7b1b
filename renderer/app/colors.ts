import type { RunSummary } from "../../core/contract/api-runs.ts";
// The ramps alone: the charts themselves are no part of the first screen.
import { runColor as slotColor } from "../charts/data/ramps.ts";

export { RUN_COLORS, runColor as slotColor } from "../charts/data/ramps.ts";

/** A run's own colour: by its place in the order of making, so that it keeps it while others come. */
export function runColor(runs: readonly RunSummary[], id: string): string {
	const older = runs.find((run) => run.id === id)?.createdAt ?? Number.POSITIVE_INFINITY;
	return slotColor(runs.filter((run) => run.createdAt < older).length);
}
