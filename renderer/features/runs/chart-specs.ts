import type { RunConfig } from "../../../core/contract/run.ts";
import { HAS_REFERENCE, HAS_VALUE } from "../../app/methods.ts";
import type { TimeChartProps } from "../../charts/index.ts";
import type { EvaluationMetric, StepMetric } from "./run-series.ts";

/** One curve of a chart: a metric, in the run's own colour or in that of a verdict. */
export interface CurveSpec {
	readonly metric: StepMetric | EvaluationMetric;
	readonly from: "step" | "evaluation";
	readonly label: string;
	readonly color?: "good" | "bad";
	readonly dash?: true;
}

export interface ChartSpec
	extends Pick<
		TimeChartProps,
		"title" | "unit" | "note" | "y" | "smooth" | "decimals" | "references" | "bandLabel" | "empty"
	> {
	readonly id: string;
	readonly curves: readonly CurveSpec[];
	/** Twice as wide. */
	readonly wide?: true;
	/** Shown instead of the last value: the first curve's less the second's. */
	readonly difference?: true;
}

const step = (metric: StepMetric, label: string, more: Partial<CurveSpec> = {}): CurveSpec => ({
	...{ metric, from: "step", label },
	...more,
});
const held = (metric: EvaluationMetric, label: string, more: Partial<CurveSpec> = {}): CurveSpec => ({
	...{ metric, from: "evaluation", label },
	...more,
});
const byVerdict = (correct: StepMetric, wrong: StepMetric) => [
	step(correct, "correct", { color: "good" }),
	step(wrong, "wrong", { color: "bad" }),
];

type Facts = Pick<RunConfig, "method" | "clipNorm"> & {
	readonly baseAccuracy: number | null;
	readonly graded: boolean;
};

/** The charts that matter most for a method, in the order of the screen: two rows of four, the first of them double. */
export function mainCharts({ method, clipNorm, baseAccuracy, graded }: Facts): ChartSpec[] {
	const accuracy: ChartSpec = {
		...{
			id: "accuracy",
			title: "Held-out accuracy",
			unit: "%",
			decimals: 1,
			wide: true,
			note: "greedy, 95 % interval",
		},
		y: { kind: "auto", minSpan: 10, bounds: [0, 100] },
		curves: [held("accuracy", "accuracy")],
		...(baseAccuracy === null
			? {}
			: {
					references: [{ y: 100 * baseAccuracy, label: `base model ${(100 * baseAccuracy).toFixed(1)} %` }],
				}),
		empty: "No evaluation yet.",
	};
	const heldOutLoss: ChartSpec = {
		...{ id: "heldOutLoss", title: "Held-out loss", wide: true },
		curves: [held("heldOutLoss", "held-out", { dash: true })],
		empty: "No evaluation yet.",
	};
	const charts: ChartSpec[] = [
		graded ? accuracy : heldOutLoss,
		curve("policyLoss", HAS_VALUE[method] ? "Policy loss" : "Loss"),
	];
	if (HAS_VALUE[method]) charts.push(curve("valueLoss", "Value loss"), LAST_VALUE);
	else if (HAS_REFERENCE[method]) charts.push(LOG_RATIO);
	if (HAS_REFERENCE[method]) charts.push(KL);
	if (method === "dqo") charts.push(WEIGHT);
	charts.push({
		...curve("policyGradNorm", "Gradient norm"),
		decimals: 2,
		references: [{ y: clipNorm, label: `clipped at ${clipNorm}` }],
	});
	if (!HAS_REFERENCE[method]) charts.push(curve("lr", "Learning rate"), TOKENS);
	return charts;
}

/** The rest: for the one who wants to know why. */
export function moreCharts({ method, graded }: Facts): ChartSpec[] {
	const charts: ChartSpec[] = [];
	if (graded)
		charts.push({
			...{
				id: "heldOutLoss",
				title: "Held-out loss",
				curves: [held("heldOutLoss", "held-out", { dash: true })],
			},
			empty: "No evaluation yet.",
		});
	if (HAS_REFERENCE[method])
		charts.push(
			...(HAS_VALUE[method] ? [LOG_RATIO] : []),
			{ ...curve("rewardMean", "Reward of the batch"), y: { kind: "auto", minSpan: 0.2 }, decimals: 2 },
			curve("correctShare", "Correct in the batch", "%"),
		);
	if (HAS_VALUE[method])
		charts.push(
			{
				...{ id: "valueAuc", title: "AUC of V at the last token", decimals: 3 },
				...{
					y: { kind: "auto", minSpan: 0.1, bounds: [0, 1] } as const,
					references: [{ y: 0.5, label: "chance" }],
				},
				...{ curves: [held("valueAuc", "AUC")], empty: "No evaluation yet." },
			},
			{
				...curve("valueExplainedVariance", "Explained variance of V"),
				y: { kind: "auto", minSpan: 0.2 },
				decimals: 2,
			},
			{ ...curve("valueGradNorm", "Value gradient norm"), decimals: 1 },
		);
	if (method === "dqo") charts.push(curve("importanceWeightClippedShare", "Weights at the cap", "%"));
	if (HAS_REFERENCE[method]) charts.push(curve("lr", "Learning rate"), TOKENS);
	charts.push({ ...curve("memoryBytes", "Memory of the engine", "GiB"), smooth: false, decimals: 2 });
	return charts;
}

function curve(metric: StepMetric, title: string, unit?: string): ChartSpec {
	return { id: metric, title, smooth: true, curves: [step(metric, title)], ...(unit ? { unit } : {}) };
}

const KL: ChartSpec = curve("klEstimate", "KL to reference", "nats/response");
const TOKENS: ChartSpec = curve("responseTokensPerSecond", "Speed", "tokens/s");
const LOG_RATIO: ChartSpec = {
	...{ id: "logRatio", title: "Log-ratio to reference", unit: "nats/response", smooth: true },
	y: { kind: "auto", minSpan: 0.2 },
	references: [{ y: 0, label: "reference" }],
	curves: byVerdict("logRatioCorrect", "logRatioWrong"),
};
const LAST_VALUE: ChartSpec = {
	...{
		id: "lastValue",
		title: "V at the last token",
		unit: "apart",
		smooth: true,
		decimals: 2,
		difference: true,
	},
	y: { kind: "auto", minSpan: 1, bounds: [0, 1] },
	curves: byVerdict("valueLastCorrect", "valueLastWrong"),
};
const WEIGHT: ChartSpec = {
	...{ id: "weight", title: "Importance weight", unit: "median", decimals: 2, bandLabel: "p10 to p90" },
	references: [{ y: Math.E, label: "cap e = 2.72", side: "left" }],
	curves: [step("importanceWeightMedian", "median")],
};
