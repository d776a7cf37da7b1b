import { count } from "../../ui/format.ts";
import { xTicks } from "../data/ticks.ts";
import { type Bins, barHeight } from "./histogram.ts";
import styles from "./small.module.css";

export interface HistogramProps {
	bins: Bins;
	/** Values above it are cut. */
	limit?: number | null;
	limitLabel?: string;
	/** What is counted: `prompt + response, tokens`. */
	label: string;
	/** Fixed height; fills its parent otherwise. */
	height?: number;
}

/** Lengths against a limit: what is kept in one colour, what is cut in another, and the limit as a line with its name. */
export function Histogram({ bins, limit = null, limitLabel, label, height }: HistogramProps) {
	const { edges, counts } = bins;
	const low = edges[0] ?? 0;
	const high = Math.max(edges.at(-1) ?? 1, limit === null ? 0 : limit * 1.05);
	const most = Math.max(0, ...counts);
	const at = (v: number) => ((v - low) / (high - low || 1)) * 100;
	const cutOf = (i: number) =>
		bins.cut?.[i] ?? (limit !== null && (edges[i] ?? 0) >= limit ? (counts[i] ?? 0) : 0);
	const cut = counts.reduce((sum, _, i) => sum + cutOf(i), 0);
	const total = counts.reduce((a, b) => a + b, 0);
	const summary = `${label}: ${count(total)} from ${count(low)} to ${count(edges.at(-1))}${limit === null && cut === 0 ? "" : `, ${count(cut)} cut`}`;
	return (
		<div className={styles.histogram} role="img" aria-label={summary} style={{ height: height ?? "100%" }}>
			<div className={styles.columns}>
				{counts.map((c, i) => {
					const from = edges[i] ?? 0;
					const to = edges[i + 1] ?? from;
					return (
						<i
							key={from}
							title={`${count(from)} to ${count(to)}: ${count(c)}`}
							style={{
								left: `${at(from)}%`,
								width: `${at(to) - at(from)}%`,
								height: `${barHeight(c, most) * 100}%`,
							}}
						>
							{cutOf(i) > 0 && <b className={styles.cut} style={{ height: `${(100 * cutOf(i)) / c}%` }} />}
						</i>
					);
				})}
				{limit !== null && (
					<span
						className={styles.limit}
						data-left={at(limit) > 50 || undefined}
						style={{ left: `${at(limit)}%` }}
					>
						<span>{limitLabel ?? `limit ${count(limit)}`}</span>
					</span>
				)}
				{xTicks(low, high).map((tick) => (
					<span key={tick} className={styles.xTick} style={{ left: `${at(tick)}%` }}>
						{count(tick)}
					</span>
				))}
			</div>
		</div>
	);
}
