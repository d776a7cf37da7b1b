import type { Column } from "./column.ts";
import type { Extent, PyramidColumn } from "./pyramid.ts";

/** Above this many visible points a line is drawn as first, minimum, maximum and last of every pixel column. */
export const maxDirectPoints = 2_000;

/** Where a line goes; `Path2D` and the canvas context are such sinks. */
export interface PathSink {
	moveTo(x: number, y: number): void;
	lineTo(x: number, y: number): void;
}

export interface View {
	xMin: number;
	xMax: number;
	/** Left edge and width of the plot, device pixels. */
	left: number;
	width: number;
	toY: (value: number) => number;
}

/** Indices `[from, to)` that a view shows, with one neighbour on either side so that lines run off the edge. */
export function visibleRange(x: Column, view: Pick<View, "xMin" | "xMax">): [from: number, to: number] {
	const from = Math.max(0, x.lowerBound(view.xMin) - 1);
	return [from, Math.min(x.length, x.lowerBound(view.xMax, from) + 1)];
}

/** Draws `y` over `x` into `sink`, broken at `breaks`; returns how many points it emitted. */
export function traceLine(
	sink: PathSink,
	x: Column,
	y: PyramidColumn,
	breaks: readonly number[],
	view: View,
): number {
	const [from, to] = visibleRange(x, view);
	const pen = new Pen(sink, y, view);
	let b = firstBreakAfter(breaks, from);
	const run = (start: number, end: number, px: (i: number) => number) => {
		let i = start;
		for (; b < breaks.length && (breaks[b] as number) < end; b++) {
			const at = breaks[b] as number;
			pen.segment(i, at, px);
			pen.up();
			i = at;
		}
		pen.segment(i, end, px);
	};
	const scale = view.width / (view.xMax - view.xMin);
	const exact = (i: number) => view.left + (x.at(i) - view.xMin) * scale;
	if (to - from <= maxDirectPoints) {
		for (let i = from; i < to; i++) run(i, i + 1, exact);
		return pen.emitted;
	}
	let start = from;
	for (let p = 0; start < to && p <= view.width; p++) {
		const edge = p === Math.floor(view.width) ? to : x.lowerBound(view.xMin + (p + 1) / scale, start);
		const end = Math.min(to, edge);
		const middle = view.left + p + 0.5;
		if (end > start) run(start, end, end - start === 1 ? exact : () => middle);
		start = Math.max(start, end);
	}
	return pen.emitted;
}

/** Outlines the area between `low` and `high`, `pad` pixels wider on both sides, one closed shape for each unbroken part; NaN ends a part too. */
export function traceBand(
	sink: PathSink,
	x: Column,
	low: PyramidColumn,
	high: PyramidColumn,
	breaks: readonly number[],
	view: View,
	pad = 0,
): void {
	const [from, to] = visibleRange(x, view);
	const scale = view.width / (view.xMax - view.xMin);
	// Whole blocks of the pyramid, counted from the first point: cheap to look up, and columns keep still while points arrive.
	const stride = to - from <= maxDirectPoints ? 1 : Math.ceil((to - from) / view.width / 8) * 8;
	const out: Extent = { min: 0, max: 0 };
	let back: [number, number][] = [];
	let b = firstBreakAfter(breaks, from);
	const close = () => {
		for (let k = back.length - 1; k >= 0; k--) sink.lineTo(...(back[k] as [number, number]));
		back = [];
	};
	for (let i = from; i < to; ) {
		const end = Math.min(to, (Math.floor(i / stride) + 1) * stride, breaks[b] ?? to);
		const top = view.toY(high.extent(i, end, out).max) - pad;
		const bottom = view.toY(low === high ? out.min : low.extent(i, end, out).min) + pad;
		const px = view.left + (x.at(i) - view.xMin) * scale;
		if (Number.isFinite(top) && Number.isFinite(bottom)) {
			if (back.length === 0) sink.moveTo(px, top);
			else sink.lineTo(px, top);
			back.push([px, bottom]);
		} else close();
		if (end === breaks[b]) {
			close();
			b++;
		}
		i = end;
	}
	close();
}

function firstBreakAfter(breaks: readonly number[], from: number): number {
	let lo = 0;
	let hi = breaks.length;
	while (lo < hi) {
		const mid = (lo + hi) >>> 1;
		if ((breaks[mid] as number) <= from) lo = mid + 1;
		else hi = mid;
	}
	return lo;
}

class Pen {
	emitted = 0;
	#down = false;
	readonly #extent: Extent = { min: 0, max: 0 };
	readonly #sink: PathSink;
	readonly #y: PyramidColumn;
	readonly #view: View;

	constructor(sink: PathSink, y: PyramidColumn, view: View) {
		this.#sink = sink;
		this.#y = y;
		this.#view = view;
	}

	up(): void {
		this.#down = false;
	}

	/** Points `[from, to)` as one stroke: itself when single, else first, minimum, maximum, last. */
	segment(from: number, to: number, px: (i: number) => number): void {
		if (to <= from) return;
		const x = px(from);
		this.#point(x, this.#y.at(from));
		if (to - from === 1) return;
		const { min, max } = this.#y.extent(from, to, this.#extent);
		// A line that stays within half a pixel here (a smoothed one) needs only its end.
		if (Math.abs(this.#view.toY(max) - this.#view.toY(min)) > 0.5) {
			this.#point(x, min);
			this.#point(x, max);
		}
		this.#point(x, this.#y.at(to - 1));
	}

	#point(x: number, value: number): void {
		const y = this.#view.toY(value);
		if (!Number.isFinite(y)) return;
		this.emitted++;
		if (!this.#down) this.#sink.moveTo(x, y);
		// A lone point must still show: a zero-length line with round caps is a dot.
		this.#sink.lineTo(x, y);
		this.#down = true;
	}
}
