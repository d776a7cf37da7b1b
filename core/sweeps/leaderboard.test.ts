import { describe, expect, it } from "vitest";
import type { LeaderboardEntry } from "../contract/sweep.ts";
import { parameterImportance, ranked } from "./leaderboard.ts";

const entry = (n: number, score: number | null, more: Partial<LeaderboardEntry> = {}): LeaderboardEntry => ({
	trial: `t${String(n).padStart(3, "0")}`,
	values: {},
	status: "finished",
	steps: 10,
	score,
	bestStep: 10,
	error: null,
	...more,
});
const order = (entries: LeaderboardEntry[], objective: "accuracy" | "heldOutLoss") =>
	ranked(entries, objective).map(({ trial }) => Number(trial.slice(1)));

describe("the ranking", () => {
	it("puts the best first, then the longer, then the earlier; failed and unmarked runs last", () => {
		const entries = [
			entry(1, 0.4),
			entry(2, null),
			entry(3, 0.6, { steps: 5, status: "cut" }),
			entry(4, 0.6),
			entry(5, 0.9, { status: "failed" }),
			entry(6, 0.6),
			entry(1000, 0.6),
		];
		expect(order(entries, "accuracy")).toEqual([4, 6, 1000, 3, 1, 2, 5]);
		expect(order([...entries].reverse(), "accuracy")).toEqual([4, 6, 1000, 3, 1, 2, 5]);
		expect(order(entries, "heldOutLoss")).toEqual([1, 4, 6, 1000, 3, 2, 5]);
	});
});

describe("the importance of a parameter", () => {
	it("is 1 for the field that decides alone and near 0 for one that does nothing", () => {
		const entries = [1, 2, 3].flatMap((beta, i) =>
			["x", "y"].flatMap((kind, j) =>
				[0, 1].map((k) => entry(4 * i + 2 * j + k, beta, { values: { beta, kind } })),
			),
		);
		expect(parameterImportance(entries)).toEqual([
			{ field: "beta", share: 1, groups: 3 },
			{ field: "kind", share: 0, groups: 2 },
		]);
	});

	it("equals epsilon squared worked by hand", () => {
		// Groups (1, 2, 3) and (2, 4, 6): total 2.5^2... mean 3: 4+1+0+1+1+9 = 16; within 2 + 8 = 10; (16 - 10 - 10/4) / 16.
		const scores = { a: [1, 2, 3], b: [2, 4, 6] };
		const entries = Object.entries(scores).flatMap(([kind, list], i) =>
			list.map((score, j) => entry(3 * i + j, score, { values: { kind } })),
		);
		expect(parameterImportance(entries)[0]?.share).toBeCloseTo(3.5 / 16, 12);
	});

	it("compares a range in three bins, and says nothing about too little", () => {
		const line = Array.from({ length: 9 }, (_, i) =>
			entry(i, Math.floor(i / 3), { values: { lr: 10 ** -i } }),
		);
		expect(parameterImportance(line)).toEqual([{ field: "lr", share: 1, groups: 3 }]);
		expect(parameterImportance(line.slice(0, 2))).toEqual([{ field: "lr", share: null, groups: 2 }]);
		const equal = line.map((one) => ({ ...one, score: 0.5 }));
		expect(parameterImportance(equal)).toEqual([{ field: "lr", share: null, groups: 3 }]);
		const cut = line.map((one) => ({ ...one, status: "cut" as const }));
		expect(parameterImportance(cut)).toEqual([{ field: "lr", share: null, groups: 0 }]);
	});
});
