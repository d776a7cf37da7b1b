import { expect, test } from "vitest";
import type { SweepTrial } from "../../../core/contract/api-sweeps.ts";
import { axisValues, brushing, parallelAxes, SCORE_AXIS } from "./brushing.ts";

const trial = (beta: number, score: number | null): SweepTrial => ({
	...{
		trial: `t${beta}`,
		runId: `s/${beta}`,
		values: { beta },
		status: "finished",
		step: 20,
		totalSteps: 20,
	},
	...{ score, interval: null, bestStep: 20, klEstimate: beta * 10, accuracyCurve: [], error: null },
});
const summary = {
	axes: [{ field: "beta", values: [0.01, 0.1, 1] }],
	objective: "accuracy" as const,
};
const trials = [trial(0.01, 0.85), trial(0.1, 0.88), trial(1, 0.75)];

test("settings come first, then KL, then the score in its unit; wide ranges are spread by magnitude", () => {
	const axes = parallelAxes(summary, trials);
	expect(axes.map(({ label, scale }) => `${label} ${scale}`)).toEqual([
		"β log",
		"KL, nats linear",
		"Accuracy, % linear",
	]);
	expect(axisValues(summary, trials[0] as SweepTrial)).toMatchObject({ beta: 0.01, score: 85 });
});

test("a brush keeps the runs inside it and says their range", () => {
	const axes = parallelAxes(summary, trials);
	const values = trials.map((one) => axisValues(summary, one));
	// The axis runs from 75 to 88: the upper half begins at 81.5.
	const { kept, labels } = brushing(axes, values, { [SCORE_AXIS]: [0.5, 1] });
	expect(values.map(kept)).toEqual([true, true, false]);
	expect(labels).toEqual([{ key: SCORE_AXIS, text: "Accuracy 85 to 88 %" }]);
});

test("a run without a result is outside every brush on results", () => {
	const waiting = trial(0.1, null);
	const axes = parallelAxes(summary, [...trials, waiting]);
	const values = [...trials, waiting].map((one) => axisValues(summary, one));
	expect(brushing(axes, values, { [SCORE_AXIS]: [0, 1] }).kept(values[3] ?? {})).toBe(false);
	expect(brushing(axes, values, {}).kept(values[3] ?? {})).toBe(true);
});
