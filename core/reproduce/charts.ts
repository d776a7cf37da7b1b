import type { Interval } from "./statistics.ts";

/** Text as it may stand in HTML and SVG. */
export function escapeText(text: string): string {
	return text
		.replaceAll("&", "&amp;")
		.replaceAll("<", "&lt;")
		.replaceAll(">", "&gt;")
		.replaceAll('"', "&quot;");
}

const WIDTH = 760;
const num = (x: number) => String(Math.round(x * 10) / 10);
const text = (x: number, y: number, content: string, kind: string, anchor = "start") =>
	`<text x="${num(x)}" y="${num(y)}" class="${kind}" text-anchor="${anchor}">${escapeText(content)}</text>`;
const segment = (x1: number, y1: number, x2: number, y2: number, kind: string) =>
	`<line x1="${num(x1)}" y1="${num(y1)}" x2="${num(x2)}" y2="${num(y2)}" class="${kind}"/>`;

function svg(height: number, title: string, content: readonly string[]): string {
	const size = `viewBox="0 0 ${WIDTH} ${num(height)}" width="${WIDTH}" height="${num(height)}"`;
	const label = escapeText(title);
	return `<svg ${size} role="img" aria-label="${label}"><title>${label}</title>${content.join("")}</svg>`;
}

/** Round values from at or below `low` to at or above `high`, about `count` steps of 1, 2 or 5 times a power of ten. */
export function ticks(low: number, high: number, count = 6): number[] {
	const rough = Math.max(1e-9, high - low) / count;
	const power = 10 ** Math.floor(Math.log10(rough));
	const step = ([1, 2, 5, 10].find((m) => m * power >= rough * 0.999) ?? 10) * power;
	const [first, last] = [Math.floor(low / step + 1e-9), Math.ceil(high / step - 1e-9)];
	return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

export interface DotRow {
	readonly label: string;
	readonly mean: number;
	readonly interval: Interval | null;
	/** One for each seed. */
	readonly points: readonly number[];
	readonly highlight?: boolean;
}

/** Means with their intervals and single values on one axis, a row each. Intervals that leave the axis are cut at its ends. */
export function dotPlot(title: string, axis: string, rows: readonly DotRow[]): string {
	const [left, right, top, rowHeight] = [190, 70, 12, 34];
	const values = rows.flatMap(({ mean, points }) => [mean, ...points]);
	const [least, most] = [Math.min(0, ...values), Math.max(0, ...values)];
	// An interval from few seeds can be wider than all that was measured; it must not squeeze the rest together.
	const room = Math.max(2, 0.35 * (most - least));
	const ends = rows.flatMap(({ interval }) => interval ?? []);
	const low = Math.max(least - room, Math.min(least, ...ends));
	const high = Math.min(most + room, Math.max(most, ...ends));
	const marks = ticks(low, high);
	const [from, to] = [marks[0] as number, marks.at(-1) as number];
	const bottom = top + rows.length * rowHeight;
	const x = (value: number) =>
		left + ((Math.min(to, Math.max(from, value)) - from) / (to - from)) * (WIDTH - left - right);
	const parts = marks.flatMap((mark) => [
		segment(x(mark), top, x(mark), bottom, mark === 0 ? "zero" : "grid"),
		text(x(mark), bottom + 18, num(mark), "tick", "middle"),
	]);
	rows.forEach(({ label, mean, interval, points, highlight }, i) => {
		const y = top + (i + 0.5) * rowHeight;
		const kind = highlight ? "strong" : "plain";
		parts.push(text(left - 14, y + 4, label, highlight ? "label bold" : "label", "end"));
		if (interval) parts.push(segment(x(interval[0]), y, x(interval[1]), y, `bar ${kind}`));
		for (const point of points) {
			parts.push(`<circle cx="${num(x(point))}" cy="${num(y)}" r="3" class="seed ${kind}"/>`);
		}
		parts.push(`<circle cx="${num(x(mean))}" cy="${num(y)}" r="6" class="mean ${kind}"/>`);
		const value = `${mean < 0 ? "−" : "+"}${Math.abs(mean).toFixed(1)}`;
		parts.push(text(WIDTH - right + 16, y + 4, value, "value"));
	});
	parts.push(text((left + WIDTH - right) / 2, bottom + 40, axis, "axis", "middle"));
	return svg(bottom + 52, title, parts);
}

export interface Line {
	readonly name: string;
	readonly mean: readonly number[];
	/** Thin lines behind the mean. */
	readonly seeds: readonly (readonly number[])[];
}

/** Curves over training steps, their names at their right ends. */
export function lineChart(
	title: string,
	axis: string,
	steps: readonly number[],
	lines: readonly Line[],
): string {
	const [left, right, top, height] = [50, 210, 14, 260];
	const shown = lines.filter(({ mean }) => mean.length > 0);
	const all = shown.flatMap(({ mean, seeds }) => [...mean, ...seeds.flat()]);
	const marks = ticks(Math.min(0, ...all), Math.max(1, ...all), 5);
	const [from, to] = [marks[0] as number, marks.at(-1) as number];
	const [first, last] = [steps[0] ?? 0, steps.at(-1) ?? 1];
	const x = (step: number) => left + ((step - first) / Math.max(1, last - first)) * (WIDTH - left - right);
	const y = (value: number) => top + height - ((value - from) / (to - from)) * height;
	const path = (values: readonly number[]) =>
		values.map((v, i) => `${i === 0 ? "M" : "L"}${num(x(steps[i] as number))} ${num(y(v))}`).join("");
	const parts = marks.flatMap((mark) => [
		segment(left, y(mark), WIDTH - right, y(mark), mark === 0 ? "zero" : "grid"),
		text(left - 8, y(mark) + 4, mark.toFixed(1), "tick", "end"),
	]);
	const every = Math.max(1, Math.ceil(steps.length / 8));
	steps.forEach((step, i) => {
		if (i % every === 0) parts.push(text(x(step), top + height + 18, String(step), "tick", "middle"));
	});
	const labels = spread(
		shown.map(({ mean }) => y(mean.at(-1) as number)),
		18,
	);
	shown.forEach(({ name, mean, seeds }, i) => {
		for (const seed of seeds) parts.push(`<path d="${path(seed)}" class="curve thin c${i}"/>`);
		parts.push(`<path d="${path(mean)}" class="curve c${i}"/>`);
		mean.forEach((v, j) => {
			parts.push(`<circle cx="${num(x(steps[j] as number))}" cy="${num(y(v))}" r="3" class="dot c${i}"/>`);
		});
		parts.push(text(WIDTH - right + 12, (labels[i] as number) + 4, name, `name c${i}`));
	});
	parts.push(text((left + WIDTH - right) / 2, top + height + 40, axis, "axis", "middle"));
	return svg(top + height + 52, title, parts);
}

/** Moves heights apart so that labels there do not overlap; their order stays. */
export function spread(heights: readonly number[], gap: number): number[] {
	const placed = [...heights];
	const order = heights.map((_, i) => i).sort((a, b) => (heights[a] as number) - (heights[b] as number));
	for (let i = 1; i < order.length; i++) {
		const [above, here] = [order[i - 1] as number, order[i] as number];
		placed[here] = Math.max(placed[here] as number, (placed[above] as number) + gap);
	}
	return placed;
}

/** A bar for a value between `low` and `high`, which span the width; 0 is where it starts. */
export function valueBar(value: number, low: number, high: number): string {
	const width = 180;
	const x = (v: number) => ((v - low) / Math.max(1e-9, high - low)) * width;
	const [a, b] = [x(Math.min(0, value)), x(Math.max(0, value))];
	const bar = `<rect x="${num(a)}" y="3" width="${num(Math.max(1, b - a))}" height="12" rx="2" class="fill"/>`;
	return `<svg viewBox="0 0 ${width} 18" width="${width}" height="18" aria-hidden="true">${segment(x(0), 0, x(0), 18, "zero")}${bar}</svg>`;
}
