import { expect, it } from "vitest";
import type { LeaderboardEntry } from "../contract/sweep.ts";
import { parameterInteractions } from "./interactions.ts";

const run = (values: LeaderboardEntry["values"], score: number): LeaderboardEntry => ({
	...{ trial: "t001", values, status: "finished", steps: 10, score, bestStep: 10, error: null },
});
/** Two runs in each of the four cells of β × λ, one point below and above the cell's mean. */
const twice = (means: readonly [number, number, number, number]) =>
	means.flatMap((mean, i) => [-1, 1].map((by) => run({ beta: i >> 1, lambda: i & 1, seed: by }, mean + by)));
const share = (entries: LeaderboardEntry[], pair = "beta lambda") =>
	parameterInteractions(entries).find(({ fields }) => fields.join(" ") === pair)?.share;

it("equals the epsilon squared of an interaction worked by hand", () => {
	// Means 1, 5, 5, 1 about 3: total 8 x 4 + 8 = 40, within 8 with 4 to spare, neither field alone; (32 - 8 / 4) / 40.
	expect(share(twice([1, 5, 5, 1]))).toBeCloseTo(0.75, 12);
});

it("is 0 where one field adds to the other, with a hole in the grid too", () => {
	const added = twice([1, 3, 11, 13]);
	expect(share(added)).toBe(0);
	const three = [0, 1, 2].flatMap((beta) =>
		[0, 1, 2].flatMap((lr) => [0, 0.1].map((by) => run({ beta, lr }, 10 * beta + lr ** 2 + by))),
	);
	expect(share(three.slice(2), "beta lr")).toBeCloseTo(0, 6);
});

it("says nothing of pairs of values that every run has alone, and of runs that did not finish", () => {
	const alone = [0, 1].flatMap((beta) => [0, 1].map((lr) => run({ beta, lr }, beta * lr)));
	expect(parameterInteractions(alone)).toEqual([]);
	const cut = twice([1, 5, 5, 1]).map((one) => ({ ...one, status: "cut" as const }));
	expect(parameterInteractions(cut)).toEqual([]);
	expect(parameterInteractions([])).toEqual([]);
});
