import styles from "./small.module.css";

export interface SparklineProps {
	/** In order; gaps are null. */
	values: readonly (number | null)[];
	color?: string;
	/** What it shows, for screen readers: `accuracy, 72.8 to 87.4 %`. */
	label: string;
	width?: number;
	height?: number;
}

/** A curve the size of a word, between its own minimum and maximum. */
export function Sparkline({
	values,
	color = "var(--accent)",
	label,
	width = 100,
	height = 20,
}: SparklineProps) {
	const known = values.filter((v): v is number => v !== null && Number.isFinite(v));
	const low = Math.min(...known);
	const span = Math.max(...known) - low;
	const x = (i: number) => 1.5 + (i / Math.max(1, values.length - 1)) * (width - 3);
	const y = (v: number) => (span > 0 ? height - 2 - ((v - low) / span) * (height - 4) : height / 2);
	let path = "";
	values.forEach((v, i) => {
		if (v === null || !Number.isFinite(v)) return;
		const before = values[i - 1];
		const joined = typeof before === "number" && Number.isFinite(before);
		path += `${joined ? "L" : "M"}${x(i).toFixed(1)} ${y(v).toFixed(1)}${joined ? "" : "h0"}`;
	});
	return (
		<svg className={styles.spark} width={width} height={height} role="img" aria-label={label}>
			<path d={path} style={{ stroke: color }} />
		</svg>
	);
}
