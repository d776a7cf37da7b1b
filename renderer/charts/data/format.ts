const minus = "−";

function grouped(value: number, decimals: number): string {
	return value.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

function signed(value: number, text: (magnitude: number) => string): string {
	const magnitude = text(Math.abs(value));
	return value < 0 && /[1-9]/.test(magnitude) ? minus + magnitude : magnitude;
}

/** A measured value to three figures: `1,312`, `87.4`, `0.112`, `5e-7`, `n/a`, with a true minus. */
export function formatValue(value: number | null | undefined): string {
	if (value === null || value === undefined) return "n/a";
	if (!Number.isFinite(value))
		return Number.isNaN(value) ? "NaN" : value > 0 ? "infinity" : `${minus}infinity`;
	return signed(value, (m) => {
		if (m === 0) return "0";
		if (m < 1e-3 || m >= 1e9)
			return m
				.toExponential(2)
				.replace(/\.?0+e/, "e")
				.replace("e+", "e");
		return grouped(m, m >= 100 ? 0 : m >= 10 ? 1 : m >= 1 ? 2 : 3);
	});
}

/** A value with a fixed number of decimals. */
export function formatFixed(value: number, decimals: number): string {
	return Number.isFinite(value) ? signed(value, (m) => grouped(m, decimals)) : formatValue(value);
}

/** A change with its sign: `+0.25`, `−0.67`. */
export function formatChange(value: number, decimals = 2): string {
	const text = formatFixed(value, decimals);
	return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/** Tick labels of one axis, all with the decimals their spacing needs. */
export function formatTicks(ticks: readonly number[]): string[] {
	const step =
		ticks.length > 1 ? Math.abs((ticks[1] as number) - (ticks[0] as number)) : Math.abs(ticks[0] ?? 1);
	const small = ticks.some((t) => t !== 0 && Math.abs(t) < 1e-3);
	if (small) return ticks.map(formatValue);
	const decimals = Math.max(0, ...ticks.map((t) => decimalsOf(t)), step < 1 ? decimalsOf(step) : 0);
	return ticks.map((t) => formatFixed(t, decimals));
}

function decimalsOf(value: number): number {
	return (Number(value.toPrecision(6)).toString().split(".")[1] ?? "").length;
}

/** Training time on an axis or in a tooltip: `45 s`, `12 min`, `3 h`, `3 h 20 min`. */
export function formatSeconds(seconds: number): string {
	if (seconds < 60) return `${formatFixed(seconds, seconds < 10 && seconds % 1 !== 0 ? 1 : 0)} s`;
	const minutes = Math.round(seconds / 60);
	if (minutes < 60) return `${minutes} min`;
	const rest = minutes % 60;
	return rest === 0
		? `${formatFixed(minutes / 60, 0)} h`
		: `${formatFixed(Math.floor(minutes / 60), 0)} h ${rest} min`;
}
