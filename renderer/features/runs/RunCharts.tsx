import { useMemo } from "react";
import type { RunSummary } from "../../../core/contract/api-runs.ts";
import type { RunConfig } from "../../../core/contract/run.ts";
import { ChartGroup, type ChartSeries, TimeChart, type XAxis } from "../../charts/index.ts";
import { format } from "../../ui/index.ts";
import { type ChartSpec, mainCharts, moreCharts } from "./chart-specs.ts";
import styles from "./RunPage.module.css";
import type { EvaluationMetric, RunSeries, StepMetric } from "./run-series.ts";

export interface RunChartsProps {
	config: RunConfig;
	summary: RunSummary;
	series: RunSeries;
	color: string;
	x: XAxis;
	smooth: boolean;
	live: boolean;
	/** The charts that are not on the first look too. */
	all: boolean;
	/** What is computed before the first step, in words; null once there are steps. */
	waiting: string | null;
}

/** A run's curves, sharing axis, crosshair and zoom. */
export function RunCharts({ config, summary, series, color, x, smooth, live, all, waiting }: RunChartsProps) {
	const { method, clipNorm, task } = config;
	const { baseAccuracy, bestStep, bestAccuracy } = summary;
	const specs = useMemo(() => {
		const facts = { method, clipNorm, baseAccuracy, graded: task !== null };
		return [...mainCharts(facts), ...(all ? moreCharts(facts) : [])];
	}, [method, clipNorm, baseAccuracy, task, all]);
	return (
		<ChartGroup x={x}>
			<div className={styles.charts}>
				{specs.map((spec) => (
					<div key={spec.id} className={styles.chart} data-wide={spec.wide || undefined}>
						<RunChart
							spec={spec}
							series={series}
							color={color}
							smooth={smooth}
							live={live}
							waiting={waiting}
							mark={
								spec.id === "accuracy" && bestStep !== null && bestAccuracy !== null
									? { step: bestStep, label: `best, ${format.percent(bestAccuracy)}` }
									: null
							}
						/>
					</div>
				))}
			</div>
		</ChartGroup>
	);
}

interface RunChartProps extends Pick<RunChartsProps, "series" | "color" | "smooth" | "live" | "waiting"> {
	spec: ChartSpec;
	mark: { step: number; label: string } | null;
}

function RunChart({ spec, series, color, smooth, live, waiting, mark }: RunChartProps) {
	const { id, curves, wide, difference, smooth: maySmooth, ...props } = spec;
	const lines = useMemo(
		() =>
			curves.map(
				(curve): ChartSeries => ({
					key: curve.label,
					label: curve.label,
					color: curve.color ? `var(--${curve.color})` : color,
					dash: curve.dash ?? false,
					data:
						curve.from === "step"
							? series.step(curve.metric as StepMetric)
							: series.evaluation(curve.metric as EvaluationMetric),
				}),
			),
		[curves, series, color],
	);
	return (
		<TimeChart
			{...props}
			series={lines}
			smooth={(maySmooth ?? false) && smooth}
			live={live}
			mark={mark}
			{...(waiting ? { loading: waiting } : {})}
			{...(difference ? { value: differenceOf(lines) } : {})}
		/>
	);
}

/** How far the first line's newest value is above the second's. */
function differenceOf([a, b]: readonly ChartSeries[]): string {
	const newest = (line: ChartSeries | undefined) => line?.data.ema.at(line.data.length - 1) ?? Number.NaN;
	const difference = newest(a) - newest(b);
	return Number.isFinite(difference) ? format.signed(difference, 2) : "";
}
