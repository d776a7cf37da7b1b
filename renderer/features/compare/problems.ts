import type { Paired } from "../../../core/contract/api-tasks.ts";

export type Problem = Paired["problems"][number];

/** Who solved a problem, of the two that are looked at. */
export type Winner = "a" | "b" | "both" | "neither";
export const WINNERS: readonly Winner[] = ["a", "b", "both", "neither"];

/** Who of sides `a` and `b` (indices) solved the problem. */
export function winnerOf({ answers }: Pick<Problem, "answers">, a: number, b: number): Winner {
	const first = answers[a]?.correct === true;
	const second = answers[b]?.correct === true;
	if (first && second) return "both";
	return first ? "a" : second ? "b" : "neither";
}

/** Problems by who solved them. */
export function byWinner(
	problems: readonly Problem[],
	a: number,
	b: number,
): Readonly<Record<Winner, readonly Problem[]>> {
	const groups: Record<Winner, Problem[]> = { a: [], b: [], both: [], neither: [] };
	for (const problem of problems) groups[winnerOf(problem, a, b)].push(problem);
	return groups;
}

/** Counts over all problems, of which only the first may be listed: what both or neither solved follows from the sums. */
export function pairCounts(paired: Pick<Paired, "n" | "sides">, pair: Paired["pairs"][number]) {
	const both = (paired.sides[pair.a]?.correct ?? 0) - pair.onlyA;
	return { a: pair.onlyA, b: pair.onlyB, both, neither: paired.n - pair.onlyA - pair.onlyB - both };
}
