/** 75 → "1m15s". */
export function duration(seconds: number): string {
	const whole = Math.max(0, Math.round(seconds));
	if (whole < 60) return `${whole}s`;
	const minutes = Math.floor(whole / 60);
	if (minutes < 60) return `${minutes}m${String(whole % 60).padStart(2, "0")}s`;
	return `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, "0")}m`;
}

/** 1536 → "1.5 KiB". */
export function byteSize(bytes: number): string {
	const units = ["B", "KiB", "MiB", "GiB", "TiB"];
	let value = bytes;
	let unit = 0;
	while (value >= 1024 && unit < units.length - 1) {
		value /= 1024;
		unit++;
	}
	return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** 0.5251 → "52.5 %". */
export function percent(share: number): string {
	return `${(share * 100).toFixed(1)} %`;
}

/** [0.456, 0.593] → "45.6 to 59.3 %". */
export function range([low, high]: readonly [number, number]): string {
	return `${(low * 100).toFixed(1)} to ${percent(high)}`;
}

/** Rows of cells, each column as wide as its widest cell; the first row is the heading. */
export function table(rows: readonly (readonly string[])[]): string {
	const columns = Math.max(0, ...rows.map((row) => row.length));
	const widths = Array.from({ length: columns }, (_, c) =>
		Math.max(...rows.map((row) => row[c]?.length ?? 0)),
	);
	const lines = rows.map((row) =>
		row
			.map((cell, c) => cell.padEnd(widths[c] ?? 0))
			.join("  ")
			.trimEnd(),
	);
	const [heading, ...body] = lines;
	return heading === undefined
		? ""
		: [heading, widths.map((width) => "-".repeat(width)).join("  "), ...body].join("\n");
}
