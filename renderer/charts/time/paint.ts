import { formatSeconds, formatTicks } from "../data/format.ts";
import type { PyramidColumn } from "../data/pyramid.ts";
import type { Series } from "../data/series.ts";
import { spread } from "../data/spread.ts";
import { type Domain, xTicks } from "../data/ticks.ts";
import { maxDirectPoints, traceBand, traceLine, type View, visibleRange } from "../data/trace.ts";
import { lastValue, lineOf, type PlotModel } from "./model.ts";
import type { Palette } from "./palette.ts";

/** One drawing of one plot, in device pixels. */
export interface Frame {
	ctx: CanvasRenderingContext2D;
	/** Device pixels per CSS pixel. */
	ratio: number;
	box: { left: number; top: number; width: number; height: number };
	x: { min: number; max: number };
	y: Domain;
	toX: (value: number) => number;
	toY: (value: number) => number;
	model: PlotModel;
	palette: Palette;
	/** Width right of the plot kept for direct labels, device pixels. */
	gutter: number;
}

const dash = { heldOut: [5, 3], reference: [2, 3] };

function text(f: Frame, size = 10.5, weight = 400): void {
	f.ctx.font = `${weight} ${size * f.ratio}px ${f.palette.font}`;
}

/** A coordinate on the pixel grid, so that one-pixel lines are crisp. */
function crisp(f: Frame, at: number): number {
	const width = Math.max(1, Math.round(f.ratio));
	return Math.round(at) + (width % 2) / 2;
}

function horizontal(f: Frame, y: number): void {
	const at = crisp(f, y);
	f.ctx.beginPath();
	f.ctx.moveTo(f.box.left, at);
	f.ctx.lineTo(f.box.left + f.box.width, at);
	f.ctx.stroke();
}

export function paintAxes(f: Frame): void {
	const { ctx, box, ratio, palette, model } = f;
	ctx.lineWidth = Math.max(1, Math.round(ratio));
	ctx.setLineDash([]);
	text(f);
	ctx.fillStyle = palette.text3;
	ctx.textBaseline = "middle";
	ctx.textAlign = "right";
	const labels = model.y.kind === "log" ? f.y.ticks.map(String) : formatTicks(f.y.ticks);
	ctx.strokeStyle = palette.grid;
	f.y.ticks.forEach((tick, i) => {
		horizontal(f, f.toY(tick));
		ctx.fillText(labels[i] as string, box.left - 6 * ratio, f.toY(tick));
	});
	ctx.strokeStyle = palette.axis;
	horizontal(f, box.top + box.height);

	const time = model.x === "time";
	// There is no step between two steps.
	const ticks = xTicks(f.x.min, f.x.max, time).filter((tick) => model.x !== "step" || Number.isInteger(tick));
	const names = time ? ticks.map(formatSeconds) : formatTicks(ticks);
	const bottom = box.top + box.height + 10 * ratio;
	const unit = time ? "time" : model.x;
	const right = box.left + box.width;
	const unitLeft = right - ctx.measureText(unit).width;
	ctx.textAlign = "right";
	ctx.fillText(unit, right, bottom);
	ctx.textAlign = "center";
	ticks.forEach((tick, i) => {
		const at = f.toX(tick);
		const name = names[i] as string;
		if (at + ctx.measureText(name).width / 2 + 6 * ratio < unitLeft) ctx.fillText(name, at, bottom);
	});
}

function view(f: Frame): View {
	return { xMin: f.x.min, xMax: f.x.max, left: f.box.left, width: f.box.width, toY: f.toY };
}

export function paintSeries(f: Frame): void {
	const { ctx, ratio, palette, model, box } = f;
	ctx.save();
	ctx.beginPath();
	// Half a line may stand out above and below: a curve at 0 must not look cut.
	ctx.rect(box.left - ratio, box.top - 2 * ratio, box.width + 2 * ratio, box.height + 4 * ratio);
	ctx.clip();
	ctx.lineJoin = "round";
	ctx.lineCap = "round";
	const shown = model.series.filter((s) => !model.hidden.has(s.key));
	for (const { data, color } of shown) {
		if (!model.bands || !data.low || !data.high) continue;
		const band = new Path2D();
		traceBand(band, data.x(model.x), data.low, data.high, data.breaks, view(f));
		ctx.globalAlpha = 0.16;
		ctx.fillStyle = palette.color(color);
		ctx.fill(band);
	}
	// Among more than 8 runs the raw values would only be noise.
	if (model.smooth && !shown.some((s) => s.thin)) {
		for (const { data, color } of shown) {
			ctx.globalAlpha = 0.28;
			paintLine(f, data, data.value, palette.color(color), 1, false);
		}
	}
	ctx.globalAlpha = 1;
	for (const { data, color, thin, dash: dashed } of shown) {
		paintLine(f, data, lineOf(data, model.smooth), palette.color(color), thin ? 1.25 : 1.75, dashed ?? false);
	}
	ctx.setLineDash([]);
	ctx.restore();
	paintBad(f);
	paintMark(f);
}

/** One line, `width` CSS pixels wide. */
function paintLine(
	f: Frame,
	data: Series,
	y: PyramidColumn,
	color: string,
	width: number,
	dashed: boolean,
): void {
	const { ctx, ratio, model } = f;
	const x = data.x(model.x);
	const [from, to] = visibleRange(x, view(f));
	const path = new Path2D();
	if (to - from > maxDirectPoints && !dashed) {
		// Minimum to maximum of every pixel is one area; filling it costs a fraction of stroking all its columns.
		traceBand(path, x, y, y, data.breaks, view(f), (width * ratio) / 2);
		ctx.fillStyle = color;
		ctx.fill(path);
		return;
	}
	traceLine(path, x, y, data.breaks, view(f));
	ctx.strokeStyle = color;
	ctx.lineWidth = width * ratio;
	ctx.lineCap = dashed ? "butt" : "round";
	ctx.setLineDash(dashed ? dash.heldOut.map((d) => d * ratio) : []);
	ctx.stroke(path);
}

/** Values that are not numbers: an ember cross at the bottom of the plot, and what they are in words. */
function paintBad(f: Frame): void {
	const { ctx, ratio, model, box } = f;
	const y = box.top + box.height - 8 * ratio;
	const r = 3.5 * ratio;
	let last = Number.NEGATIVE_INFINITY;
	ctx.strokeStyle = f.palette.bad;
	ctx.fillStyle = f.palette.bad;
	ctx.lineWidth = 1.5 * ratio;
	ctx.lineCap = "round";
	text(f, 10.5, 500);
	ctx.textBaseline = "middle";
	for (const { data, key } of model.series) {
		if (model.hidden.has(key)) continue;
		const x = data.x(model.x);
		for (const i of data.bad) {
			const at = f.toX(x.at(i));
			// A streak of NaN is one cross.
			if (at < box.left || at > box.left + box.width || Math.abs(at - last) < 2 * r) continue;
			ctx.beginPath();
			ctx.moveTo(at - r, y - r);
			ctx.lineTo(at + r, y + r);
			ctx.moveTo(at + r, y - r);
			ctx.lineTo(at - r, y + r);
			ctx.stroke();
			if (at - last > 40 * ratio) {
				const right = at + 40 * ratio > box.left + box.width;
				ctx.textAlign = right ? "right" : "left";
				ctx.fillText("NaN", at + (right ? -1 : 1) * 7 * ratio, y);
			}
			last = at;
		}
	}
}

function paintMark(f: Frame): void {
	const { ctx, ratio, model, palette } = f;
	const first = model.series.at(-1);
	if (!model.mark || !first || model.hidden.has(first.key)) return;
	const i = first.data.step.nearest(model.mark.step);
	const x = f.toX(first.data.x(model.x).at(i));
	const y = f.toY(lineOf(first.data, model.smooth).at(i));
	if (!Number.isFinite(y) || x < f.box.left || x > f.box.left + f.box.width) return;
	ctx.beginPath();
	ctx.arc(x, y, 3.5 * ratio, 0, 2 * Math.PI);
	ctx.fillStyle = palette.surface;
	ctx.strokeStyle = palette.color(first.color);
	ctx.lineWidth = 1.75 * ratio;
	ctx.fill();
	ctx.stroke();
}

export function paintReferences(f: Frame): void {
	const { ctx, ratio, model, palette, box } = f;
	text(f);
	ctx.lineWidth = Math.max(1, Math.round(ratio));
	for (const { y, label, side = "right" } of model.references) {
		const at = f.toY(y);
		if (!(at >= box.top - 1 && at <= box.top + box.height + 1)) continue;
		ctx.setLineDash(dash.reference.map((d) => d * ratio));
		ctx.strokeStyle = palette.text3;
		horizontal(f, at);
		ctx.setLineDash([]);
		const below = at - box.top < 13 * ratio;
		ctx.textAlign = side;
		ctx.textBaseline = below ? "top" : "alphabetic";
		halo(f, label, box.left + (side === "right" ? box.width : 6 * ratio), at + (below ? 3 : -4) * ratio);
	}
	if (model.bandLabel) {
		ctx.textAlign = "right";
		ctx.textBaseline = "alphabetic";
		halo(f, model.bandLabel, box.left + box.width - 4 * ratio, box.top + box.height - 5 * ratio);
	}
}

/** Text that stays readable over lines: a rim of the surface's colour. */
function halo(f: Frame, label: string, x: number, y: number, color = f.palette.text3): void {
	const { ctx, ratio, palette } = f;
	ctx.lineJoin = "round";
	ctx.lineWidth = 3 * ratio;
	ctx.strokeStyle = palette.surface;
	ctx.globalAlpha = 0.85;
	ctx.strokeText(label, x, y);
	ctx.globalAlpha = 1;
	ctx.fillStyle = color;
	ctx.fillText(label, x, y);
}

/** Room that direct labels need right of the plot, CSS pixels: none for two lines, whose labels sit on the lines. */
export function gutterFor(ctx: CanvasRenderingContext2D, model: PlotModel, palette: Palette): number {
	if (!model.endLabels || model.series.length < 3) return 0;
	ctx.save();
	ctx.font = `400 10.5px ${palette.font}`;
	const width = Math.max(...model.series.map((s) => ctx.measureText(s.label).width));
	ctx.restore();
	return Math.min(140, Math.ceil(width) + 12);
}

export function paintEndLabels(f: Frame): void {
	const { ctx, ratio, model, palette, box } = f;
	if (!model.endLabels || model.series.length < 2) return;
	const ends = model.series
		.filter((s) => !model.hidden.has(s.key))
		.map((s) => ({ s, value: lastValue(s.data, model.smooth) }))
		.filter((e) => Number.isFinite(e.value))
		.map((e) => ({ ...e, y: Math.min(Math.max(f.toY(e.value), box.top), box.top + box.height) }));
	text(f);
	if (model.series.length === 2) {
		const top = Math.min(...ends.map((e) => e.y));
		ctx.textAlign = "right";
		ctx.textBaseline = "alphabetic";
		for (const { s, value, y } of ends) {
			const x = Math.min(f.toX(s.data.x(model.x).at(s.data.length - 1)) + 6 * ratio, box.left + box.width);
			// The upper label above its line and the lower below, but never outside the plot.
			const wish = y === top && y - box.top > 14 * ratio ? y - 7 * ratio : y + 16 * ratio;
			halo(f, `${s.label} ${model.format(value)}`, x, Math.min(wish, box.top + box.height - 4 * ratio));
		}
		return;
	}
	const wishes = ends.map((e) => e.y);
	const placed = spread(wishes, 13 * ratio, box.top + 5 * ratio, box.top + box.height - 5 * ratio);
	ctx.textAlign = "left";
	ctx.textBaseline = "middle";
	const from = box.left + box.width;
	ends.forEach(({ s, y }, i) => {
		const at = placed[i] as number;
		ctx.strokeStyle = palette.color(s.color);
		ctx.lineWidth = ratio;
		ctx.globalAlpha = 0.6;
		ctx.beginPath();
		ctx.moveTo(Math.min(from, f.toX(s.data.x(model.x).at(s.data.length - 1))) + 3 * ratio, y);
		ctx.lineTo(from, y);
		ctx.lineTo(from + 6 * ratio, at);
		ctx.stroke();
		ctx.globalAlpha = 1;
		ctx.fillStyle = palette.text2;
		ctx.fillText(s.label, from + 9 * ratio, at, f.gutter - 9 * ratio);
	});
}
