import type { LeaderboardEntry, ParameterImportance, SweepObjective } from "../contract/sweep.ts";
import { better } from "./trial-state.ts";

/** Best score first; at equal scores the run that went further, then the order of the plan, so that no tie is left to timing. */
export function ranked<T extends Pick<LeaderboardEntry, "trial" | "score" | "steps" | "status">>(
	entries: readonly T[],
	objective: SweepObjective,
): T[] {
	return [...entries].sort((a, b) => {
		const [x, y] = [scoreOf(a), scoreOf(b)];
		if (x === null || y === null) return Number(x === null) - Number(y === null) || byTrial(a, b);
		if (x !== y) return better(x, y, objective) ? -1 : 1;
		return b.steps - a.steps || byTrial(a, b);
	});
}

/** A run that failed cannot be picked, whatever it reached before. */
function scoreOf({ score, status }: Pick<LeaderboardEntry, "score" | "status">): number | null {
	return status === "failed" ? null : score;
}

const byTrial = (a: { trial: string }, b: { trial: string }) =>
	Number(a.trial.slice(1)) - Number(b.trial.slice(1));

/** Ranges are compared in this many bins of equal size. */
const BINS = 3;
/** Up to here values are compared one by one. */
const MOST_VALUES = 5;

/**
 * How much of the scores' variance each field explains alone: epsilon squared of a one-way analysis of variance (Kelley
 * 1935), which unlike eta squared is near 0 for a field that does nothing. Runs that stopped at different steps are not
 * comparable, so only finished ones count.
 */
export function parameterImportance(entries: readonly LeaderboardEntry[]): ParameterImportance[] {
	const scored = entries.flatMap(({ status, score, values }) =>
		status === "finished" && score !== null ? [{ score, values }] : [],
	);
	const fields = Object.keys(entries[0]?.values ?? {});
	return fields
		.map((field): ParameterImportance => {
			const places = groupOf(scored.map(({ values }) => values[field] ?? null));
			const groups = [...new Set(places)].map((place) =>
				scored.filter((_, i) => places[i] === place).map(({ score }) => score),
			);
			return { field, share: epsilonSquared(groups), groups: groups.length };
		})
		.sort((a, b) => (b.share ?? -1) - (a.share ?? -1));
}

/** The group that each value belongs to: its own, or its bin where there are many numbers. */
export function groupOf(values: readonly LeaderboardEntry["values"][string][]): number[] {
	const distinct = [...new Set(values)];
	if (distinct.length <= MOST_VALUES || !values.every((value) => typeof value === "number"))
		return values.map((value) => distinct.indexOf(value));
	// Bins by rank of the value need no scale; equal values share a bin.
	const order = distinct.sort((a, b) => Number(a) - Number(b));
	return values.map((value) => Math.floor((BINS * order.indexOf(value)) / order.length));
}

function epsilonSquared(groups: readonly (readonly number[])[]): number | null {
	const all = groups.flat();
	const within = groups.reduce((sum, group) => sum + squares(group), 0);
	const total = squares(all);
	const freedom = all.length - groups.length;
	if (groups.length < 2 || freedom < 1 || total === 0) return null;
	const share = (total - within - ((groups.length - 1) * within) / freedom) / total;
	return Math.min(1, Math.max(0, share));
}

/** Sum of squared deviations from the mean. */
export function squares(values: readonly number[]): number {
	const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
	return values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
}
