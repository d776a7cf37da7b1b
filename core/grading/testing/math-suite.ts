import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { gradeMath } from "../math.ts";
import { nearMissesOf } from "./near-misses.ts";
import { rewritesOf } from "./rewrites.ts";
import { type Shape, shapeOf } from "./shapes.ts";

/** Where MATH-500 lies when it is there; it is no part of this repository. */
export const MATH500 = path.resolve(
	process.env.DQO_DATA_DIR ?? path.join(import.meta.dirname, "../../../../shared/data"),
	"math/math500.jsonl",
);
export const hasMath500 = existsSync(MATH500);

export interface Problem {
	solution: string;
	answer: string;
}

export const math500 = (): Problem[] =>
	readFileSync(MATH500, "utf8")
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line) as Problem);

/** What grading every rewrite and near miss of the answers of one shape gave. */
export interface ShapeCounts {
	answers: number;
	rewrites: number;
	accepted: number;
	nearMisses: number;
	rejected: number;
	/** Rewrites of the answer that has the fewest. */
	fewestRewrites: number;
	fewestNearMisses: number;
}

export interface SuiteResult {
	shapes: Map<Shape, ShapeCounts>;
	/** `reference -> response` of every verdict that is not as it should be. */
	wrong: string[];
}

/** Grades every rewrite and every near miss of the answers against the answers themselves. */
export function runSuite(answers: readonly string[]): SuiteResult {
	const shapes = new Map<Shape, ShapeCounts>();
	const wrong: string[] = [];
	for (const answer of answers) {
		const grade = (response: string, expected: boolean): boolean => {
			const { correct } = gradeMath(`The answer is \\boxed{${response}}.`, answer);
			if (correct !== expected) wrong.push(`${answer} -> ${response}`);
			return correct === expected;
		};
		const rewrites = rewritesOf(answer);
		const nearMisses = nearMissesOf(answer);
		const shape = shapeOf(answer);
		const before = shapes.get(shape);
		shapes.set(shape, {
			answers: (before?.answers ?? 0) + 1,
			rewrites: (before?.rewrites ?? 0) + rewrites.length,
			accepted: (before?.accepted ?? 0) + rewrites.filter((text) => grade(text, true)).length,
			nearMisses: (before?.nearMisses ?? 0) + nearMisses.length,
			rejected: (before?.rejected ?? 0) + nearMisses.filter((text) => grade(text, false)).length,
			fewestRewrites: Math.min(before?.fewestRewrites ?? rewrites.length, rewrites.length),
			fewestNearMisses: Math.min(before?.fewestNearMisses ?? nearMisses.length, nearMisses.length),
		});
	}
	return { shapes, wrong };
}

/** The counts as a Markdown table with a last row of sums. */
export function suiteTable({ shapes }: SuiteResult): string {
	const rows = [...shapes].sort(([, a], [, b]) => b.answers - a.answers);
	const sum = (column: keyof ShapeCounts): number =>
		rows.reduce((all, [, counts]) => all + counts[column], 0);
	const least = (column: keyof ShapeCounts): number => Math.min(...rows.map(([, counts]) => counts[column]));
	const total: ShapeCounts = {
		answers: sum("answers"),
		rewrites: sum("rewrites"),
		accepted: sum("accepted"),
		nearMisses: sum("nearMisses"),
		rejected: sum("rejected"),
		fewestRewrites: least("fewestRewrites"),
		fewestNearMisses: least("fewestNearMisses"),
	};
	const line = (name: string, counts: ShapeCounts): string =>
		`| ${name} | ${counts.answers} | ${counts.accepted} of ${counts.rewrites} | ${counts.fewestRewrites} ` +
		`| ${counts.rejected} of ${counts.nearMisses} | ${counts.fewestNearMisses} |`;
	return [
		"| answer | answers | rewrites accepted | fewest of one | near misses rejected | fewest of one |",
		"|---|---|---|---|---|---|",
		...[...rows, ["all", total] as const].map(([name, counts]) => line(name, counts)),
	].join("\n");
}
