const niceSteps = [1, 2, 3, 4, 5, 8];
const quarterSteps = [1, 2, 2.5, 5];
const timeSteps = [
	1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400,
];

export interface Domain {
	min: number;
	max: number;
	ticks: number[];
}

/** How a y axis takes its range: from 0 (losses, KL, norms), from the data with a least span (accuracy, in the metric's unit), or logarithmic. */
export type YScale =
	| { kind: "zero" }
	| { kind: "auto"; minSpan?: number; bounds?: readonly [number, number] }
	| { kind: "log" };

function clean(value: number): number {
	return Number(value.toPrecision(12));
}

function multiples(step: number, min: number, max: number): number[] {
	const out: number[] = [];
	for (let k = Math.ceil(min / step - 1e-9); k * step <= max + step * 1e-9; k++) out.push(clean(k * step));
	return out;
}

/** The nice steps times powers of ten near `span`, small first. */
function candidateSteps(span: number, steps = niceSteps): number[] {
	const power = 10 ** Math.floor(Math.log10(span) - 1);
	return [power, power * 10, power * 100].flatMap((p) => steps.map((s) => clean(s * p)));
}

/** The range from zero (or from a negative low) with at most 5 ticks that leaves the least empty room. */
function zeroDomain(low: number, high: number): Domain {
	const span = Math.max(high, 0) - Math.min(low, 0) || 1;
	let best: Domain | null = null;
	for (const step of candidateSteps(span)) {
		const min = clean(Math.floor(Math.min(low, 0) / step + 1e-9) * step);
		const max = clean(Math.ceil(Math.max(high, 0) / step - 1e-9) * step) || (min === 0 ? step : 0);
		const intervals = Math.round((max - min) / step);
		if (intervals < 2 || intervals > 4) continue;
		// Ties go to the finer step, which comes first.
		if (!best || max - min < best.max - best.min - 1e-12)
			best = { min, max, ticks: multiples(step, min, max) };
	}
	return best ?? { min: 0, max: span, ticks: [0, span] };
}

function autoDomain(low: number, high: number, minSpan: number, bounds?: readonly [number, number]): Domain {
	let lo = low;
	let hi = high;
	const floor = minSpan || Math.abs(high) * 0.1 || 1;
	if (hi - lo < floor) {
		const middle = (lo + hi) / 2;
		lo = middle - floor / 2;
		hi = middle + floor / 2;
		if (bounds && hi > bounds[1]) [lo, hi] = [bounds[1] - floor, bounds[1]];
		if (bounds && lo < bounds[0]) [lo, hi] = [bounds[0], bounds[0] + floor];
	}
	for (const step of candidateSteps(hi - lo, quarterSteps)) {
		// The top may end half a step above the last tick: less empty room, still a nice number.
		let min = clean(Math.floor(lo / step + 1e-9) * step);
		let max = clean(Math.ceil((hi / step) * 2 - 1e-9) * (step / 2));
		if (bounds) [min, max] = [Math.max(min, bounds[0]), Math.min(max, bounds[1])];
		const ticks = multiples(step, min, max);
		if (ticks.length <= 5) return { min, max, ticks };
	}
	return { min: lo, max: hi, ticks: [lo, hi] };
}

function logDomain(low: number, high: number): Domain {
	const lowPower = Math.floor(Math.log10(Math.max(low, 1e-12)) + 1e-9);
	const highPower = Math.max(Math.ceil(Math.log10(Math.max(high, 1e-12)) - 1e-9), lowPower + 1);
	const stride = Math.ceil((highPower - lowPower) / 4);
	const ticks: number[] = [];
	for (let p = lowPower; p <= highPower; p += stride) ticks.push(clean(10 ** p));
	return { min: clean(10 ** lowPower), max: clean(10 ** highPower), ticks };
}

/** The y range for data in `[low, high]` (smallest positive `low` for log): at most 5 ticks at nice numbers. */
export function yDomain(scale: YScale, low: number, high: number): Domain {
	if (!(low <= high)) return yDomain(scale, scale.kind === "log" ? 0.1 : 0, 1);
	if (scale.kind === "log") return logDomain(low, high);
	return scale.kind === "zero"
		? zeroDomain(low, high)
		: autoDomain(low, high, scale.minSpan ?? 0, scale.bounds);
}

/** While a run is live the axis only widens: the data's range is joined with what is already shown. */
export function grownDomain(scale: YScale, shown: Domain | null, low: number, high: number): Domain {
	if (!shown || !(low <= high)) return shown ?? yDomain(scale, low, high);
	if (low >= shown.min && high <= shown.max) return shown;
	return yDomain(scale, Math.min(low, shown.min), Math.max(high, shown.max));
}

/** At most 4 x ticks in `[min, max]`; times (seconds) step by whole seconds, minutes and hours. */
export function xTicks(min: number, max: number, time = false): number[] {
	const span = max - min;
	if (!(span > 0)) return [min];
	const steps =
		time && span > 4
			? [...timeSteps, ...candidateSteps(span / 86_400).map((d) => Math.ceil(d) * 86_400)]
			: candidateSteps(span);
	for (const step of steps) {
		const ticks = multiples(step, min, max);
		if (ticks.length <= 4) return ticks;
	}
	return [min, max];
}

/** The x range of a live run: from 0 to just past the last point, in quarters of a tick so that it moves seldom. */
export function xDomain(first: number, last: number, time = false): { min: number; max: number } {
	const min = first > 0 && first < last * 0.5 ? 0 : first;
	if (!(last > min)) return { min, max: min + 1 };
	const ticks = xTicks(min, last * 1.04, time);
	const quarter = ticks.length > 1 ? ((ticks[1] as number) - (ticks[0] as number)) / 4 : (last - min) / 8;
	return { min, max: clean(Math.ceil((last + (last - min) * 0.02) / quarter) * quarter) };
}
