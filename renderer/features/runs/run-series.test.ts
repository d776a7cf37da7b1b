import { expect, test } from "vitest";
import type { EngineEvent } from "../../../core/contract/events.ts";
import { type StepMetrics, stepMetricsSchema } from "../../../core/contract/metrics.ts";
import { RunSeries } from "./run-series.ts";

const NAMES = Object.keys(stepMetricsSchema.shape);

function step(n: number, change: Partial<StepMetrics> = {}): EngineEvent {
	const nothing = Object.fromEntries(NAMES.map((name) => [name, null]));
	const metrics = {
		...nothing,
		...{ step: n, epoch: n / 10, phase: "train", lr: 1e-5, responseTokens: 4, responseTokensPerSecond: 8 },
		...{ memoryBytes: 2 ** 30, elapsedMs: 500, policyLoss: n },
		...change,
	} as StepMetrics;
	return { type: "step", metrics, schemaVersion: 1, seq: n, time: "2026-01-01T00:00:00Z" };
}

const evaluation = (n: number, accuracy: number): EngineEvent => ({
	...{
		type: "eval",
		step: n,
		split: "validation",
		n: 100,
		accuracy,
		accuracyInterval: [accuracy - 0.1, accuracy + 0.1],
	},
	...{
		heldOutLoss: null,
		valueAuc: null,
		samples: [],
		schemaVersion: 1,
		seq: n,
		time: "2026-01-01T00:00:00Z",
	},
});

test("pages and events make one curve", () => {
	const run = new RunSeries();
	run.addPage({
		columns: {
			step: [1, 2],
			seconds: [1, 2],
			epoch: [0.1, 0.2],
			values: { policyLoss: [5, 4], valueLoss: [null, 3] },
		},
		evaluations: [],
	});
	run.take(step(3));
	const loss = run.step("policyLoss");
	expect([0, 1, 2].map((i) => loss.value.at(i))).toEqual([5, 4, 3]);
	expect(loss.x("time").at(2)).toBe(2.5);
	expect(run.step("valueLoss").length).toBe(1);
	expect(run.lastStep).toBe(3);
});

test("a step that is made again after a resume replaces what came after it", () => {
	const run = new RunSeries();
	for (const n of [1, 2, 3]) run.take(step(n));
	run.take(step(2, { policyLoss: 9 }));
	const loss = run.step("policyLoss");
	expect(loss.length).toBe(2);
	expect(loss.value.at(1)).toBe(9);
});

test("shares are per cent, memory is GiB, weights carry their band", () => {
	const run = new RunSeries();
	run.take(
		step(1, {
			correctShare: 0.25,
			importanceWeightMedian: 1,
			importanceWeightP10: 0.5,
			importanceWeightP90: 2,
		}),
	);
	expect(run.step("correctShare").value.at(0)).toBe(25);
	expect(run.step("memoryBytes").value.at(0)).toBe(1);
	expect(run.step("importanceWeightMedian").low?.at(0)).toBe(0.5);
	expect(run.step("importanceWeightMedian").high?.at(0)).toBe(2);
});

test("accuracy comes in per cent with its interval", () => {
	const run = new RunSeries();
	run.take(evaluation(0, 0.5));
	run.take(evaluation(10, 0.6));
	const accuracy = run.evaluation("accuracy");
	expect(accuracy.value.at(1)).toBe(60);
	expect(accuracy.low?.at(1)).toBeCloseTo(50);
});
