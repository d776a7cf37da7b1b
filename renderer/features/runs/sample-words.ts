import type { RunSample } from "../../../core/contract/api-runs.ts";
import { markedAnswer } from "../shared/reference.ts";

/** The problem that was on show stays; at first it is one that was answered wrong, where there is something to see. */
export function rowToShow(
	samples: readonly Pick<RunSample, "row" | "correct">[],
	shown: number | null,
): number | null {
	if (samples.some(({ row }) => row === shown)) return shown;
	return (samples.find(({ correct }) => correct === false) ?? samples[0])?.row ?? null;
}

/** The answer at the end of a reference solution. */
export function shortReference(reference: string | null): string {
	if (reference === null) return "n/a";
	return (markedAnswer(reference) ?? reference.trim().split("\n").at(-1) ?? reference).slice(0, 40);
}
