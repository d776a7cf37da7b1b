import { useMemo, useRef, useState } from "react";
import { isBusy } from "../../app/store.ts";
import { useShortcuts } from "../../app/useShortcuts.ts";
import { ChartGroup, type ChartSeries, TimeChart, type XAxis } from "../../charts/index.ts";
import { Card, Chip, Segmented, Select } from "../../ui/index.ts";
import type { EvaluationMetric, StepMetric } from "../runs/run-series.ts";
import styles from "./Compare.module.css";
import { shortNames } from "./names.ts";
import { type OverlaySpec, overlays } from "./overlay.ts";
import type { ComparedRun } from "./useComparedRuns.ts";

type Shown = "main" | "all" | (string & {});

interface Props {
	runs: readonly (ComparedRun | null)[];
	colors: readonly string[];
}

/** Curves of all runs over each other, sharing axis, crosshair, zoom and legend. */
export function CompareCharts({ runs, colors }: Props) {
	const [x, setX] = useState<XAxis>("step");
	const [smooth, setSmooth] = useState(true);
	const [shown, setShown] = useState<Shown>("main");
	useShortcuts([
		{ keys: "S", label: smooth ? "Show raw curves" : "Smooth the curves", run: () => setSmooth(!smooth) },
	]);
	const details = useStable(runs.flatMap((run) => (run?.detail ? [run.detail] : [])));
	const every = useMemo(() => overlays(details, true), [details]);
	const main = useMemo(() => overlays(details, false), [details]);
	const specs = shown === "main" ? main : shown === "all" ? every : every.filter(({ id }) => id === shown);
	if (details.length === 0) return null;
	return (
		<Card
			title="Curves"
			actions={
				<>
					<Select
						small
						label="Charts shown"
						value={shown}
						onChange={setShown}
						options={[
							{ value: "main", label: "Main charts" },
							{ value: "all", label: "All charts" },
							...every.map(({ id, title }) => ({ value: id, label: title })),
						]}
					/>
					<Chip pressed={smooth} onClick={() => setSmooth(!smooth)}>
						Smoothing 0.92
					</Chip>
					<Segmented
						label="Horizontal axis"
						value={x}
						onChange={setX}
						options={[
							{ value: "step", label: "Step" },
							{ value: "time", label: "Time" },
							{ value: "epoch", label: "Epoch" },
						]}
					/>
				</>
			}
		>
			<ChartGroup x={x}>
				<div className={styles.charts} data-one={specs.length === 1 || undefined}>
					{specs.map((spec) => (
						<div key={spec.id} className={styles.chart}>
							<OverlayChart spec={spec} runs={runs} colors={colors} smooth={smooth} />
						</div>
					))}
				</div>
			</ChartGroup>
		</Card>
	);
}

function OverlayChart({ spec, runs, colors, smooth }: Props & { spec: OverlaySpec; smooth: boolean }) {
	const { id: _, curve, smooth: maySmooth, ...props } = spec;
	const names = shortNames(runs.map((run) => run?.detail?.summary.name ?? ""));
	const shown = runs.flatMap((run, i) =>
		run?.detail ? [{ series: run.series, name: names[i] ?? "", color: colors[i] ?? "", id: run.id }] : [],
	);
	// The same lines as long as the same runs are there, so that a chart is not made anew at each event.
	const key = JSON.stringify(shown.map(({ id, name, color }) => [id, name, color]));
	const all = useStable(shown.map(({ series }) => series));
	const lines = useMemo(
		() =>
			(JSON.parse(key) as [string, string, string][]).flatMap(([id, name, color], i): ChartSeries[] => {
				const series = all[i];
				if (series === undefined) return [];
				const data =
					curve.from === "step"
						? series.step(curve.metric as StepMetric)
						: series.evaluation(curve.metric as EvaluationMetric);
				return [{ key: id, label: name, color, dash: curve.dash ?? false, data }];
			}),
		[key, all, curve],
	);
	const live = runs.some((run) => run?.detail && isBusy(run.detail.summary));
	return (
		<TimeChart {...props} series={lines} legend={false} smooth={(maySmooth ?? false) && smooth} live={live} />
	);
}

/** The list as it was before while it holds the same things. */
function useStable<T>(list: readonly T[]): readonly T[] {
	const before = useRef(list);
	const same = before.current.length === list.length && list.every((one, i) => one === before.current[i]);
	if (!same) before.current = list;
	return before.current;
}
