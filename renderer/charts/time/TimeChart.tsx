import { useEffect, useId, useMemo, useRef, useState, useSyncExternalStore } from "react";
import "uplot/dist/uPlot.min.css";
import { download } from "../../ui/download.ts";
import { fixed } from "../../ui/format.ts";
import { formatValue } from "../data/format.ts";
import type { YScale } from "../data/ticks.ts";
import { useChartGroup } from "./ChartGroup.tsx";
import { ChartMenu } from "./ChartMenu.tsx";
import { ChartTable } from "./ChartTable.tsx";
import { Crosshair } from "./Crosshair.tsx";
import { chartCsv, chartPng, type ExportFile } from "./export.ts";
import { useChartKeys } from "./keys.ts";
import {
	type ChartSeries,
	colored,
	lastValue,
	type Mark,
	maxBands,
	type PlotModel,
	type Reference,
} from "./model.ts";
import { Plot } from "./plot.ts";
import { summary, toCsv } from "./readout.ts";
import styles from "./TimeChart.module.css";

export interface TimeChartProps {
	title: string;
	/** After the last value: `%`, `nats/response`, `median`. */
	unit?: string;
	series: readonly ChartSeries[];
	/** Losses, KL and norms start at 0 (the default); accuracy is `auto` with a least span. */
	y?: Extract<YScale, { kind: "zero" | "auto" }>;
	/** Raw values under a debiased mean; never for accuracy. */
	smooth?: boolean;
	/** The y axis only grows. */
	live?: boolean;
	references?: readonly Reference[];
	mark?: Mark | null;
	/** What the band is, written into it: `p10 to p90`. */
	bandLabel?: string;
	/** Beside the title: `greedy, 95 % interval`, with a swatch of the first series. */
	note?: string;
	/** Decimals of values; by size otherwise. */
	decimals?: number;
	/** Instead of the last value: a text such as `+0.51`. */
	value?: string;
	/** Shown while there are no points: `No evaluation yet. The first is at step 50.` */
	empty?: string;
	/** Shown instead of `empty` while something is computed first. */
	loading?: string;
	/** Run toggles under the title; on for 3 to 8 lines. */
	legend?: boolean;
	/** Takes exported files; without it they are downloaded. */
	onExport?: (file: ExportFile) => void;
	/** Tells how long each redraw took, for measuring. */
	onDrawn?: (ms: number) => void;
	className?: string;
}

/** A metric over training: lines of runs with crosshair, zoom, table and export. Fills its parent. */
export function TimeChart(props: TimeChartProps) {
	const {
		title,
		unit = "",
		series,
		smooth = false,
		live = false,
		y = zero,
		references = none,
		mark = null,
	} = props;
	const {
		bandLabel = null,
		note,
		decimals,
		empty = "No values yet.",
		loading,
		onExport = download,
		onDrawn,
	} = props;
	const group = useChartGroup();
	const frame = useSyncExternalStore(group.subscribe, () => group.frame);
	const id = useId();
	const host = useRef<HTMLDivElement>(null);
	const [plot, setPlot] = useState<Plot | null>(null);
	const [log, setLog] = useState(false);
	const [table, setTable] = useState(false);

	useEffect(() => group.track(series.map((s) => s.data)), [group, series]);

	const model = useMemo<PlotModel>(() => {
		// The series grow in place; the group's frame is what says that they did.
		void frame;
		return {
			series: colored(series),
			y: log ? { kind: "log" } : y,
			x: group.x,
			smooth,
			live,
			references,
			mark,
			bandLabel,
			hidden: group.hidden,
			zoom: group.zoom,
			format: (value) => (decimals === undefined ? formatValue(value) : fixed(value, decimals)),
			endLabels: series.length >= 2 && series.length <= 8,
			bands: series.filter((s) => !group.hidden.has(s.key)).length <= maxBands,
		};
	}, [frame, group, series, log, y, smooth, live, references, mark, bandLabel, decimals]);

	const latest = useRef(model);
	latest.current = model;
	const hasData = series.some((s) => s.data.length > 0);

	// A plot lives as long as its y scale is of one kind.
	// biome-ignore lint/correctness/useExhaustiveDependencies: `log` is read through the model.
	useEffect(() => {
		const element = host.current;
		if (!element || !hasData || table) return;
		const made = new Plot(element, latest.current, {
			onCursor: (x) => group.setCursor(x === null ? null : { x, source: id }),
			onZoom: (range) => group.setZoom(range),
		});
		setPlot(made);
		const observer = new ResizeObserver(() => made.resize(element.clientWidth, element.clientHeight));
		observer.observe(element);
		return () => {
			observer.disconnect();
			made.destroy();
			setPlot(null);
		};
	}, [group, id, hasData, table, log]);

	useEffect(() => {
		if (!plot) return;
		plot.setModel(model);
		onDrawn?.(plot.lastDrawMs);
	}, [plot, model, onDrawn]);

	const keys = useChartKeys(id, group, plot, model);
	const last = series[0] ? lastValue(series[0].data, smooth) : Number.NaN;
	// Of several runs none is the chart's value; their labels tell theirs.
	const shownValue = props.value ?? (Number.isNaN(last) || series.length > 2 ? "" : model.format(last));
	const png = (theme: "light" | "dark") => {
		if (plot) void chartPng(plot, title, `${shownValue} ${unit}`.trim(), theme).then(onExport);
	};
	const legend = props.legend ?? (series.length >= 3 && series.length <= 8);

	return (
		<section className={[styles.chart, props.className].filter(Boolean).join(" ")} aria-label={title}>
			<header className={styles.header}>
				<h3 className={styles.title}>{title}</h3>
				{note && (
					<span className={styles.note}>
						<i className={styles.swatch} style={{ borderColor: series[0]?.color }} />
						{note}
					</span>
				)}
				<ChartMenu
					title={title}
					items={[
						{ label: table ? "Show as chart" : "Show as table", onSelect: () => setTable(!table) },
						{ label: log ? "Linear y axis" : "Logarithmic y axis", onSelect: () => setLog(!log) },
						"separator",
						{ label: "Zoom in", kbd: "+", onSelect: keys.zoomIn },
						{ label: "Zoom out", kbd: "-", onSelect: keys.zoomOut },
						{ label: "Show all", kbd: "0", onSelect: () => group.setZoom(null) },
						"separator",
						{ label: "Save PNG, light", onSelect: () => png("light") },
						{ label: "Save PNG, dark", onSelect: () => png("dark") },
						{ label: "Save CSV", onSelect: () => onExport(chartCsv(title, toCsv(model))) },
					]}
				/>
				<span className={styles.value}>
					{shownValue}
					{unit && hasData && <span className={styles.unit}>{unit}</span>}
				</span>
			</header>
			{legend && (
				<div className={styles.legend}>
					{series.map((s) => (
						<button
							key={s.key}
							type="button"
							className={styles.legendItem}
							aria-pressed={!group.hidden.has(s.key)}
							onClick={() => group.toggle(s.key)}
						>
							<i className={styles.swatch} data-dash={s.dash || undefined} style={{ borderColor: s.color }} />
							{s.label}
						</button>
					))}
				</div>
			)}
			{table ? (
				<ChartTable title={title} unit={unit} model={model} />
			) : (
				<div className={styles.body}>
					<div
						ref={host}
						className={styles.plot}
						role="slider"
						tabIndex={hasData ? 0 : -1}
						aria-label={summary(title, unit, model, model.format)}
						aria-valuemin={keys.min}
						aria-valuemax={keys.max}
						aria-valuenow={keys.now}
						aria-valuetext={keys.text}
						onKeyDown={keys.onKeyDown}
						onBlur={keys.onBlur}
					/>
					{!hasData && (
						<p className={styles.empty} aria-live="polite">
							{loading ?? empty}
						</p>
					)}
					{plot && <Crosshair id={id} plot={plot} group={group} model={model} unit={unit} />}
				</div>
			)}
		</section>
	);
}

const zero = { kind: "zero" } as const;
const none: readonly Reference[] = [];
