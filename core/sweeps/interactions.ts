import type { LeaderboardEntry, ParameterInteraction } from "../contract/sweep.ts";
import { groupOf, squares } from "./leaderboard.ts";

/** Passes of the additive fit; a full grid needs one, drawn values a few. */
const MOST_PASSES = 100;
const CLOSE = 1e-9;

/**
 * How much of the scores' variance each pair of fields explains together beyond what the two explain added up: the
 * epsilon squared of the interaction in a two-way analysis of variance, whose error is what runs with the same pair of
 * values differ by. A pair that no two finished runs share says nothing and is left out, as is one where every
 * combination but those along one line is missing.
 */
export function parameterInteractions(entries: readonly LeaderboardEntry[]): ParameterInteraction[] {
	const scored = entries.flatMap(({ status, score, values }) =>
		status === "finished" && score !== null ? [{ score, values }] : [],
	);
	const total = squares(scored.map(({ score }) => score));
	const fields = Object.keys(entries[0]?.values ?? {});
	if (total === 0) return [];
	const columns = fields.map((field) => groupOf(scored.map(({ values }) => values[field] ?? null)));
	return fields
		.flatMap((a, i) =>
			fields.slice(i + 1).flatMap((b, k): ParameterInteraction[] => {
				const pair = interaction(
					scored.map(({ score }, row) => ({
						score,
						a: columns[i]?.[row] ?? 0,
						b: columns[i + 1 + k]?.[row] ?? 0,
					})),
				);
				if (pair === null) return [];
				return [{ fields: [a, b], share: Math.min(1, Math.max(0, pair / total)) }];
			}),
		)
		.sort((x, y) => y.share - x.share);
}

interface Row {
	readonly score: number;
	readonly a: number;
	readonly b: number;
}

/** Squares that the pair explains beyond the sum of both, less what chance would give; null where that cannot be told. */
function interaction(rows: readonly Row[]): number | null {
	const cells = grouped(rows, ({ a, b }) => `${a} ${b}`);
	const levels = new Set(rows.map(({ a }) => a)).size + new Set(rows.map(({ b }) => b)).size;
	const freedom = cells.length - (levels - 1);
	const spare = rows.length - cells.length;
	if (freedom < 1 || spare < 1) return null;
	const within = cells.reduce((sum, cell) => sum + squares(cell.map(({ score }) => score)), 0);
	return additiveResidual(rows) - within - (freedom * within) / spare;
}

/** Squares left over by the best sum of one number for each value of a and one for each value of b. */
function additiveResidual(rows: readonly Row[]): number {
	const left = rows.map(({ score, a, b }) => ({ score, a, b }));
	let before = Number.POSITIVE_INFINITY;
	for (let pass = 0; pass < MOST_PASSES; pass++) {
		for (const by of ["a", "b"] as const)
			for (const group of grouped(left, (row) => String(row[by]))) {
				const mean = group.reduce((sum, { score }) => sum + score, 0) / group.length;
				for (const row of group) row.score -= mean;
			}
		const now = left.reduce((sum, { score }) => sum + score ** 2, 0);
		if (before - now <= CLOSE * now) return now;
		before = now;
	}
	return before;
}

function grouped<T extends Row>(rows: readonly T[], key: (row: T) => string): T[][] {
	const groups = new Map<string, T[]>();
	for (const row of rows) groups.set(key(row), [...(groups.get(key(row)) ?? []), row]);
	return [...groups.values()];
}
