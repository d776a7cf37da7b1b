import uPlot from "uplot";
import { type Domain, grownDomain, xDomain, yDomain } from "../data/ticks.ts";
import { xExtent, yExtent } from "./extent.ts";
import type { PlotModel } from "./model.ts";
import { type Frame, gutterFor, paintAxes, paintEndLabels, paintReferences, paintSeries } from "./paint.ts";
import { onThemeChange, type Palette, readPalette, withTheme } from "./palette.ts";

export interface PlotEvents {
	/** The pointer's x in the axis' unit, null when it left. */
	onCursor: (x: number | null) => void;
	onZoom: (range: readonly [number, number] | null) => void;
}

const axisWidth = 38;
const axisHeight = 21;

/**
 * One chart's canvas. uPlot gives scales, sizes at device pixels, the pointer and the drag; the lines are ours, because every series has
 * its own x column and its own decimation.
 */
export class Plot {
	/** How long the last redraw took, milliseconds. */
	lastDrawMs = 0;
	readonly #u: uPlot;
	readonly #host: HTMLElement;
	readonly #stopTheme: () => void;
	#model: PlotModel;
	#palette: Palette;
	#x = { min: 0, max: 1 };
	#y: Domain = yDomain({ kind: "zero" }, 0, 1);
	/** What the live axis has grown to, and for which scale. */
	#grown: { y: Domain; of: string } | null = null;
	#gutter = 0;

	constructor(host: HTMLElement, model: PlotModel, events: PlotEvents) {
		this.#host = host;
		this.#model = model;
		this.#palette = readPalette(host);
		const blank = { grid: { show: false }, ticks: { show: false }, values: () => [] };
		this.#u = new uPlot(
			{
				width: Math.max(80, host.clientWidth),
				height: Math.max(60, host.clientHeight),
				pxAlign: false,
				legend: { show: false },
				padding: [6, () => 14 + this.#gutter, 0, 0],
				cursor: {
					x: false,
					y: false,
					points: { show: false },
					drag: { x: true, y: false, setScale: false, dist: 4 },
				},
				scales: {
					x: { time: false, range: () => [this.#x.min, this.#x.max] },
					y: { range: () => [this.#y.min, this.#y.max], distr: model.y.kind === "log" ? 3 : 1 },
				},
				axes: [
					{ ...blank, size: axisHeight },
					{ ...blank, size: axisWidth, scale: "y" },
				],
				series: [{}, { scale: "y", paths: () => null, points: { show: false } }],
				hooks: {
					draw: [() => this.#paint()],
					setCursor: [
						(u) => {
							const left = u.cursor.left ?? -1;
							events.onCursor(left < 0 ? null : u.posToVal(left, "x"));
						},
					],
					setSelect: [
						(u) => {
							if (u.select.width < 4) return;
							events.onZoom([
								u.posToVal(u.select.left, "x"),
								u.posToVal(u.select.left + u.select.width, "x"),
							]);
							u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
						},
					],
				},
			},
			[
				[0, 1],
				[0, 1],
			],
			host,
		);
		this.#u.over.addEventListener("dblclick", () => events.onZoom(null));
		this.#stopTheme = onThemeChange(() => {
			this.#palette = readPalette(this.#host);
			this.draw();
		});
		this.setModel(model);
	}

	/** Takes a new description and redraws. The y scale's kind is fixed for a plot's life. */
	setModel(model: PlotModel): void {
		this.#model = model;
		const x = xExtent(model);
		this.#x = model.zoom
			? { min: model.zoom[0], max: model.zoom[1] }
			: xDomain(Number.isNaN(x.min) ? 0 : x.min, Number.isNaN(x.max) ? 1 : x.max, model.x === "time");
		const y = yExtent(model, this.#x.min, this.#x.max);
		const of = `${model.x} ${JSON.stringify(model.y)}`;
		if (model.zoom || !model.live) {
			this.#y = yDomain(model.y, y.min, y.max);
		} else {
			this.#y = grownDomain(model.y, this.#grown?.of === of ? this.#grown.y : null, y.min, y.max);
			this.#grown = { y: this.#y, of };
		}
		const gutter = gutterFor(this.#u.ctx, model, this.#palette);
		if (gutter !== this.#gutter) {
			this.#gutter = gutter;
			// Room for labels is only made anew with the size.
			this.#u.setSize({ width: this.#u.width, height: this.#u.height });
		}
		this.draw();
	}

	draw(): void {
		this.#u.batch(() => {
			this.#u.setData(
				[
					[this.#x.min, this.#x.max],
					[this.#y.min, this.#y.max],
				],
				true,
			);
		}, true);
	}

	resize(width: number, height: number): void {
		if (width < 1 || height < 1 || (width === this.#u.width && height === this.#u.height)) return;
		this.#u.setSize({ width, height });
	}

	/** The x range that is shown. */
	get shown(): { min: number; max: number } {
		return this.#x;
	}

	/** The plot area inside the host, CSS pixels. */
	get area(): { left: number; top: number; width: number; height: number } {
		const { left, top, width, height } = this.#u.bbox;
		const r = uPlot.pxRatio;
		return { left: left / r, top: top / r, width: width / r, height: height / r };
	}

	/** A point's place inside the host, CSS pixels. */
	place(x: number, y: number): { left: number; top: number } {
		const { left, top } = this.area;
		return { left: left + this.#u.valToPos(x, "x"), top: top + this.#u.valToPos(y, "y") };
	}

	/** Draws the plot in `theme` and hands over its canvas; afterwards the screen's theme is back. */
	withCanvas(
		theme: "light" | "dark",
		use: (canvas: HTMLCanvasElement, palette: Palette, ratio: number) => void,
	): void {
		withTheme(theme, () => {
			this.#palette = readPalette(this.#host);
			this.draw();
			use(this.#u.ctx.canvas, this.#palette, uPlot.pxRatio);
		});
		this.#palette = readPalette(this.#host);
		this.draw();
	}

	destroy(): void {
		this.#stopTheme();
		this.#u.destroy();
	}

	#paint(): void {
		const started = performance.now();
		const u = this.#u;
		const { left, top, width, height } = u.bbox;
		const frame: Frame = {
			ctx: u.ctx,
			ratio: uPlot.pxRatio,
			box: { left, top, width, height },
			x: this.#x,
			y: this.#y,
			toX: (value) => left + ((value - this.#x.min) / (this.#x.max - this.#x.min)) * width,
			toY: yToPixel(this.#y, this.#model.y.kind === "log", top, height),
			model: this.#model,
			palette: this.#palette,
			gutter: this.#gutter * uPlot.pxRatio,
		};
		u.ctx.save();
		paintAxes(frame);
		paintSeries(frame);
		paintReferences(frame);
		paintEndLabels(frame);
		u.ctx.restore();
		this.lastDrawMs = performance.now() - started;
	}
}

/** Pixel of a y value; a closure over plain numbers, since it runs for every drawn point. Values a log axis cannot show give NaN. */
function yToPixel(
	{ min, max }: Domain,
	log: boolean,
	top: number,
	height: number,
): (value: number) => number {
	const low = log ? Math.log10(min) : min;
	const scale = height / ((log ? Math.log10(max) : max) - low);
	const bottom = top + height;
	return log
		? (v) => (v > 0 ? bottom - (Math.log10(v) - low) * scale : Number.NaN)
		: (v) => bottom - (v - low) * scale;
}
