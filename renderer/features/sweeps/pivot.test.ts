import { expect, test } from "vitest";
import type { SweepTrial } from "../../../core/contract/api-sweeps.ts";
import { valueAxis } from "./axis-values.ts";
import { fieldPairs, pivot } from "./pivot.ts";

let made = 0;
const trial = (values: SweepTrial["values"], more: Partial<SweepTrial> = {}): SweepTrial => ({
	...{ trial: `t${++made}`, runId: `s/t${made}`, values, status: "finished", step: 20, totalSteps: 20 },
	...{ score: 0.5, interval: null, bestStep: 20, klEstimate: 1, accuracyCurve: [], error: null },
	...more,
});
const grid = [
	trial({ beta: 0.1, lr: 1e-6, lambda: 1 }, { score: 0.6 }),
	trial({ beta: 0.1, lr: 1e-6, lambda: 0.95 }, { score: 0.4 }),
	trial({ beta: 0.03, lr: 1e-6, lambda: 1 }, { score: 0.5, status: "cut" }),
	trial({ beta: 0.03, lr: 1e-5, lambda: 1 }, { score: null, status: "waiting" }),
	trial({ beta: 0.1, lr: 1e-5, lambda: 0.95 }, { score: null, status: "training" }),
	trial({ beta: 0.03, lr: 1e-5, lambda: 0.95 }, { score: null, status: "failed", error: "no memory" }),
];

test("columns rise to the right and rows rise upwards", () => {
	const { columns, rows } = pivot(grid, { column: "beta", row: "lr", only: null });
	expect(columns).toEqual(["0.03", "0.1"]);
	expect(rows).toEqual(["1e-5", "1e-6"]);
});

test("the mean of a cell is over its scored runs", () => {
	const { cell } = pivot(grid, { column: "beta", row: "lr", only: null });
	expect(cell(1, 1)).toMatchObject({ value: 0.5, state: "done", runId: "s/t1" });
	expect(cell(0, 1)).toMatchObject({ value: null, state: "running" });
});

test("one value of a third setting keeps its runs alone, and cells without a run are empty", () => {
	const lambda = valueAxis(grid, "lambda");
	const { cell } = pivot(grid, {
		column: "beta",
		row: "lr",
		only: { field: "lambda", index: lambda.indexOf(1) },
	});
	expect(cell(1, 1)?.value).toBe(0.6);
	expect(cell(1, 0)).toMatchObject({ value: 0.5, state: "stopped" });
	expect(cell(0, 0)).toMatchObject({ value: null, state: "waiting" });
	expect(cell(0, 1)).toBeNull();
});

test("a failed run shows as failed", () => {
	const lambda = valueAxis(grid, "lambda");
	const only = { field: "lambda", index: lambda.indexOf(0.95) };
	expect(pivot(grid, { column: "beta", row: "lr", only }).cell(0, 0)?.state).toBe("failed");
});

test("a range drawn from is gathered in bins of equal ratio", () => {
	const drawn = Array.from({ length: 11 }, (_, i) => trial({ lr: 1e-6 * 10 ** (i / 2) }));
	const axis = valueAxis(drawn, "lr");
	// From 1e-6 to 1e-1 in five bins of one decade each.
	expect(axis.labels).toHaveLength(5);
	expect(axis.labels[0]).toBe("1e-6 to 1e-5");
	expect([1e-6, 5e-6, 5e-3, 1e-1].map((value) => axis.indexOf(value))).toEqual([0, 0, 3, 4]);
});

test("words and null are values of their own", () => {
	const axis = valueAxis([trial({ x: "both" }), trial({ x: null }), trial({ x: true })], "x");
	expect(axis.labels).toEqual(["both", "none", "yes"]);
	expect(axis.indexOf(null)).toBe(1);
});

test("β against the learning rate comes first, and one setting alone has one row", () => {
	expect(fieldPairs(["lambda", "lr", "beta"])[0]).toEqual(["beta", "lr"]);
	expect(fieldPairs(["lambda", "lr", "beta"])).toHaveLength(3);
	expect(fieldPairs(["lr"])).toEqual([["lr", null]]);
	const { rows, cell } = pivot(grid, { column: "lr", row: null, only: null });
	expect(rows).toEqual([""]);
	expect(cell(0, 0)?.trials).toHaveLength(3);
});
