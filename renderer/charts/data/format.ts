import { fixed, number } from "../../ui/format.ts";

/** A measured value to three figures: `1,312`, `87.4`, `0.112`, `5e-7`, `n/a`, with a true minus. */
export function formatValue(value: number | null | undefined): string {
	const size = Math.abs(value ?? 0);
	if (value === null || value === undefined || size === 0 || size < 1e-3 || size >= 1e9)
		return number(value, 3);
	return fixed(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

/** Tick labels of one axis, all with the decimals their spacing needs. */
export function formatTicks(ticks: readonly number[]): string[] {
	const step =
		ticks.length > 1 ? Math.abs((ticks[1] as number) - (ticks[0] as number)) : Math.abs(ticks[0] ?? 1);
	const small = ticks.some((t) => t !== 0 && Math.abs(t) < 1e-3);
	if (small) return ticks.map(formatValue);
	const decimals = Math.max(0, ...ticks.map((t) => decimalsOf(t)), step < 1 ? decimalsOf(step) : 0);
	return ticks.map((t) => fixed(t, decimals));
}

function decimalsOf(value: number): number {
	return (Number(value.toPrecision(6)).toString().split(".")[1] ?? "").length;
}

/** Training time on an axis or in a tooltip: `45 s`, `12 min`, `3 h`, `3 h 20 min`. */
export function formatSeconds(seconds: number): string {
	if (seconds < 60) return `${fixed(seconds, seconds < 10 && seconds % 1 !== 0 ? 1 : 0)} s`;
	const minutes = Math.round(seconds / 60);
	if (minutes < 60) return `${minutes} min`;
	const rest = minutes % 60;
	return rest === 0 ? `${fixed(minutes / 60, 0)} h` : `${fixed(Math.floor(minutes / 60), 0)} h ${rest} min`;
}
