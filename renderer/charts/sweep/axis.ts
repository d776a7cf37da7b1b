import { number } from "../../ui/format.ts";
import { yDomain } from "../data/ticks.ts";

/** One axis of the parallel coordinates. */
export interface ParallelAxis {
	key: string;
	label: string;
	scale: "linear" | "log" | "category";
	/** Runs are coloured by the last axis, the better the brighter. */
	lowerIsBetter?: boolean;
}

export type AxisValue = number | string | null;

/** An axis laid out: where a value lies (0 at the bottom, 1 at the top, null off the axis), and its ticks. */
export interface AxisLayout {
	at: (value: AxisValue) => number | null;
	ticks: { at: number; label: string }[];
}

/** Few numbers are ticks themselves (a swept setting has few values); many take a nice range. */
const maxOwnTicks = 6;

export function layoutAxis(scale: ParallelAxis["scale"], values: readonly AxisValue[]): AxisLayout {
	const known = [...new Set(values.filter((v): v is number | string => v !== null))];
	if (scale === "category" || known.some((v) => typeof v === "string")) {
		if (known.every((v) => typeof v === "number")) known.sort((a, b) => a - b);
		const at = (v: AxisValue) => {
			const i = v === null ? -1 : known.indexOf(v);
			return i < 0 ? null : known.length === 1 ? 0.5 : i / (known.length - 1);
		};
		return {
			at,
			ticks: known.map((v) => ({ at: at(v) ?? 0, label: typeof v === "number" ? number(v) : v })),
		};
	}
	const numbers = (known as number[]).filter((v) => Number.isFinite(v) && (scale === "linear" || v > 0));
	const low = Math.min(...numbers);
	const high = Math.max(...numbers);
	const own = numbers.length <= maxOwnTicks;
	const nice =
		own || scale === "log" ? { min: low, max: high, ticks: [] } : yDomain({ kind: "auto" }, low, high);
	const f = scale === "log" ? Math.log : (v: number) => v;
	const span = f(nice.max) - f(nice.min);
	const at = (v: AxisValue) => {
		if (typeof v !== "number" || !Number.isFinite(v) || (scale === "log" && v <= 0)) return null;
		return span === 0 ? 0.5 : (f(v) - f(nice.min)) / span;
	};
	const marks = own ? numbers : scale === "log" ? yDomain({ kind: "log" }, low, high).ticks : nice.ticks;
	return {
		at,
		ticks: marks
			.map((v) => ({ at: at(v) ?? 0, label: number(v, 3) }))
			.filter((t) => t.at >= -0.001 && t.at <= 1.001),
	};
}

/** A chosen part of an axis, in its 0 to 1. */
export type Brushes = Readonly<Record<string, readonly [number, number]>>;

/** Whether a run lies inside every brush. */
export function inBrushes(
	values: Readonly<Record<string, AxisValue>>,
	layouts: Readonly<Record<string, AxisLayout>>,
	brushes: Brushes,
): boolean {
	return Object.entries(brushes).every(([key, [low, high]]) => {
		const at = layouts[key]?.at(values[key] ?? null) ?? null;
		return at !== null && at >= low - 1e-9 && at <= high + 1e-9;
	});
}
