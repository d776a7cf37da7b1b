import { z } from "zod";

/** One of the settings that are tried for a variant; everything else is fixed. */
export const pointSchema = z.strictObject({
	lr: z.number().positive(),
	/** Null takes the method's own, and is all there is for a method without a KL term. */
	beta: z.number().positive().nullable(),
});
export type Point = z.infer<typeof pointSchema>;

/** The axes of a grid with the words the report has for them. */
const AXES = { lr: "learning rate", beta: "beta" } as const satisfies Record<keyof Point, string>;

/** Names a point in file names: `lr3e-5-beta0.3`. */
export const pointId = ({ lr, beta }: Point): string =>
	`lr${lr.toExponential()}${beta === null ? "" : `-beta${beta}`}`;

export const samePoint = (a: Point, b: Point): boolean => a.lr === b.lr && a.beta === b.beta;

/** A point for each learning rate, all with one beta; the first is tried first. */
export const rates = (beta: number | null, ...lrs: readonly number[]): Point[] =>
	lrs.map((lr) => ({ lr, beta }));

/** The point with the highest mean validation accuracy; the one tried first at a tie. */
export function bestPoint(outcomes: readonly { point: Point; accuracy: number | null }[]): Point {
	let best: { point: Point; accuracy: number } | null = null;
	for (const { point } of outcomes) {
		// A run that broke down chose no checkpoint: it counts as all wrong.
		const found = outcomes.filter((o) => samePoint(o.point, point)).map(({ accuracy }) => accuracy ?? 0);
		const accuracy = found.reduce((sum, x) => sum + x, 0) / found.length;
		if (best === null || accuracy > best.accuracy) best = { point, accuracy };
	}
	if (best === null) throw new Error("no outcomes to choose from");
	return best.point;
}

/** Where a point lies at an end of its grid, such as "learning rate at the upper end": better ones may lie beyond. */
export function edgesOf(grid: readonly Point[], point: Point): string[] {
	return (["lr", "beta"] as const).flatMap((axis) => {
		const tried = grid.flatMap((p) => p[axis] ?? []);
		const [low, high, own] = [Math.min(...tried), Math.max(...tried), point[axis]];
		if (low === high || (own !== low && own !== high)) return [];
		return [`${AXES[axis]} at the ${own === low ? "lower" : "upper"} end`];
	});
}
