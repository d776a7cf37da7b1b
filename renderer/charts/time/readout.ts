import { fixed } from "../../ui/format.ts";
import { formatSeconds } from "../data/format.ts";
import type { XAxis } from "../data/series.ts";
import { type ChartSeries, lastValue, lineOf, type PlotModel } from "./model.ts";

/** What one line says at the crosshair. */
export interface Reading {
	key: string;
	label: string;
	color: string;
	index: number;
	x: number;
	step: number;
	/** The measured value; NaN is shown as such. */
	value: number;
	/** The smoothed value, NaN where nothing is smoothed. */
	smoothed: number;
	low: number;
	high: number;
	n: number;
}

/**
 * The values at `x`: each line's nearest point, unless the line has none within `reach` or within half of its own spacing there
 * (a run that ended earlier says nothing about a later step).
 */
export function readingsAt(model: PlotModel, x: number, reach: number): Reading[] {
	const out: Reading[] = [];
	for (const { key, label, color, data } of model.series) {
		if (model.hidden.has(key)) continue;
		const column = data.x(model.x);
		const i = column.nearest(x);
		if (i < 0) continue;
		const beside = column.at(x > column.at(i) ? i + 1 : i - 1);
		const spacing = Number.isNaN(beside) ? 0 : Math.abs(beside - column.at(i)) / 2;
		if (Math.abs(column.at(i) - x) > Math.max(reach, spacing)) continue;
		out.push({
			key,
			label,
			color,
			index: i,
			x: column.at(i),
			step: data.step.at(i),
			value: data.value.at(i),
			smoothed: model.smooth ? data.ema.at(i) : Number.NaN,
			low: data.low?.at(i) ?? Number.NaN,
			high: data.high?.at(i) ?? Number.NaN,
			n: data.n(i),
		});
	}
	return out;
}

/** The line the arrow keys step along: the first that is shown and has points. */
export function keyboardLine(model: PlotModel): ChartSeries | undefined {
	return model.series.findLast((s) => !model.hidden.has(s.key) && s.data.length > 0);
}

/** `step 1,150`, or the time or epoch of it. */
export function placeName(axis: XAxis, reading: Pick<Reading, "x" | "step">): string {
	const step = `step ${fixed(reading.step, 0)}`;
	if (axis === "time") return `${formatSeconds(reading.x)}, ${step}`;
	return axis === "epoch" ? `epoch ${fixed(reading.x, 2)}, ${step}` : step;
}

/** ` ± 2.0` for an interval that is even around its value, else ` 0.2 to 2.7`; empty without one. */
export function intervalText(r: Reading, format: (value: number) => string): string {
	if (!Number.isFinite(r.low) || !Number.isFinite(r.high)) return "";
	const up = r.high - r.value;
	const down = r.value - r.low;
	const even = Math.abs(up - down) <= 0.02 * (up + down);
	return even ? `± ${format((up + down) / 2)}` : `${format(r.low)} to ${format(r.high)}`;
}

/** The chart in one sentence for those who do not see it. */
export function summary(
	title: string,
	unit: string,
	model: PlotModel,
	format: (value: number) => string,
): string {
	const shown = model.series.filter((s) => !model.hidden.has(s.key) && s.data.length > 0);
	if (shown.length === 0) return `${title}: no values yet.`;
	const parts = shown.slice(0, 8).map((s) => {
		const { value, step } = s.data;
		const all = value.extent(0, value.length, { min: 0, max: 0 });
		const bad = s.data.bad.length > 0 ? `, ${s.data.bad.length} not a number` : "";
		return `${s.label} ${format(lastValue(s.data, model.smooth))} at step ${fixed(step.at(step.length - 1), 0)}, from ${format(value.at(0))}, between ${format(all.min)} and ${format(all.max)}${bad}`;
	});
	const more = shown.length > 8 ? `, and ${shown.length - 8} more` : "";
	return `${title}${unit ? `, ${unit}` : ""}: ${parts.join("; ")}${more}.`;
}

/** Columns of the chart as CSV: one row a point, long form, so that runs of different lengths fit. */
export function toCsv(model: PlotModel): string {
	const rows = ["series,step,time_s,epoch,value,smoothed,low,high,n"];
	for (const { label, data } of model.series) {
		const name = /[",\n]/.test(label) ? `"${label.replaceAll('"', '""')}"` : label;
		const time = data.x("time");
		const epoch = data.x("epoch");
		const smoothed = lineOf(data, model.smooth);
		for (let i = 0; i < data.length; i++) {
			const cells = [
				data.step.at(i),
				time === data.step ? Number.NaN : time.at(i),
				epoch === data.step ? Number.NaN : epoch.at(i),
				data.value.at(i),
				model.smooth ? smoothed.at(i) : Number.NaN,
				data.low?.at(i) ?? Number.NaN,
				data.high?.at(i) ?? Number.NaN,
				data.n(i),
			];
			rows.push([name, ...cells.map((c, k) => (Number.isNaN(c) ? (k === 3 ? "NaN" : "") : c))].join(","));
		}
	}
	return `${rows.join("\n")}\n`;
}
