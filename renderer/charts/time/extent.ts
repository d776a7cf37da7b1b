import type { Extent } from "../data/pyramid.ts";
import { visibleRange } from "../data/trace.ts";
import { lineOf, type PlotModel } from "./model.ts";

const scratch: Extent = { min: 0, max: 0 };

/** First and last x of the shown series; NaN when there is nothing. */
export function xExtent(model: PlotModel): Extent {
	let min = Number.NaN;
	let max = Number.NaN;
	for (const { key, data } of model.series) {
		if (model.hidden.has(key) || data.length === 0) continue;
		const x = data.x(model.x);
		if (!(x.at(0) >= min)) min = x.at(0);
		if (!(x.at(data.length - 1) <= max)) max = x.at(data.length - 1);
	}
	return { min, max };
}

/** Extent of everything drawn between two x: values, intervals and, off a log axis, references. */
export function yExtent(model: PlotModel, xMin: number, xMax: number): Extent {
	let min = Number.NaN;
	let max = Number.NaN;
	const add = (lo: number, hi: number) => {
		if (!(lo >= min) && !Number.isNaN(lo)) min = lo;
		if (!(hi <= max) && !Number.isNaN(hi)) max = hi;
	};
	for (const { key, data, thin } of model.series) {
		if (model.hidden.has(key)) continue;
		const [from, to] = visibleRange(data.x(model.x), { xMin, xMax });
		// Thin lines show no raw values, so those must not stretch the axis.
		for (const column of [
			thin ? lineOf(data, model.smooth) : data.value,
			model.bands ? data.low : null,
			model.bands ? data.high : null,
		]) {
			if (!column) continue;
			const { min: lo, max: hi } = column.extent(from, to, scratch);
			if (model.y.kind !== "log" || lo > 0) add(lo, hi);
			else for (let i = from; i < to; i++) if (column.at(i) > 0) add(column.at(i), column.at(i));
		}
	}
	if (model.y.kind !== "log") for (const { y } of model.references) add(y, y);
	return { min, max };
}
