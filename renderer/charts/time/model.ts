import { heatColor } from "../data/ramps.ts";
import type { Series, XAxis } from "../data/series.ts";
import type { YScale } from "../data/ticks.ts";

/** One line: a run, or a split or class of a run. */
export interface ChartSeries {
	key: string;
	label: string;
	/** A CSS colour; without one, the heat ramp by metric (more than 8 runs, not pinned). */
	color?: string;
	/** Held-out data is dashed, training data solid. */
	dash?: boolean;
	data: Series;
	/** What the heat ramp ranks by; the last value when absent. */
	metric?: number;
}

export interface Reference {
	y: number;
	label: string;
	side?: "left" | "right";
}

/** A ring on the first series, such as the best checkpoint. */
export interface Mark {
	step: number;
	label: string;
}

/** Everything a plot draws; a plain description that the painter turns into pixels. */
export interface PlotModel {
	series: readonly (ChartSeries & { color: string; thin: boolean })[];
	y: YScale;
	x: XAxis;
	smooth: boolean;
	live: boolean;
	references: readonly Reference[];
	mark: Mark | null;
	bandLabel: string | null;
	hidden: ReadonlySet<string>;
	zoom: readonly [number, number] | null;
	format: (value: number) => string;
	/** Direct labels at the right end of the lines. */
	endLabels: boolean;
	/** Interval bands; among many lines they would hide each other, and the tooltip tells them. */
	bands: boolean;
}

/** The most lines that show their interval as a band. */
export const maxBands = 3;

/** Lines without a colour take the heat ramp by their metric, and are thinner. */
export function colored(series: readonly ChartSeries[]): PlotModel["series"] {
	const metric = (s: ChartSeries) => s.metric ?? s.data.value.at(s.data.length - 1);
	const known = series
		.filter((s) => s.color === undefined)
		.map(metric)
		.filter(Number.isFinite);
	const low = Math.min(...known);
	const span = Math.max(...known) - low || 1;
	return series
		.map((s) => {
			const t = (metric(s) - low) / span;
			// The lowest fifth of the ramp would vanish into the surface.
			return {
				...s,
				color: s.color ?? heatColor(0.2 + 0.8 * (Number.isFinite(t) ? t : 0)),
				thin: s.color === undefined,
			};
		})
		.sort((a, b) => Number(b.thin) - Number(a.thin));
}

/** The line that is read: the smoothed one, or the values themselves. */
export function lineOf(series: Series, smooth: boolean) {
	return smooth ? series.ema : series.value;
}

/** The last finite number of the line that is read, NaN when there is none. */
export function lastValue(series: Series, smooth: boolean): number {
	const line = lineOf(series, smooth);
	for (let i = series.length - 1; i >= 0; i--) if (!Number.isNaN(line.at(i))) return line.at(i);
	return Number.NaN;
}
