import { count } from "../../ui/format.ts";
import styles from "./small.module.css";

export interface WinLossBarProps {
	/** Problems only the first run solves, both, none, only the second. */
	onlyFirst: number;
	both: number;
	neither: number;
	onlySecond: number;
	first: string;
	second: string;
	/** Of the paired test. */
	pValue?: number | null;
}

/** A paired comparison: problems won and lost on the same set, with those that tell nothing between them. */
export function WinLossBar(props: WinLossBarProps) {
	const { onlyFirst, both, neither, onlySecond, first, second, pValue } = props;
	const total = onlyFirst + both + neither + onlySecond || 1;
	const parts = [
		{ name: `only ${first}`, n: onlyFirst, tone: "won" },
		{ name: "both", n: both, tone: "both" },
		{ name: "neither", n: neither, tone: "neither" },
		{ name: `only ${second}`, n: onlySecond, tone: "lost" },
	];
	return (
		<figure className={styles.winLoss}>
			<div className={styles.stack} aria-hidden="true">
				{parts.map(({ name, n, tone }) =>
					n > 0 ? (
						<i key={name} data-tone={tone} style={{ flexGrow: n / total }} title={`${name}: ${count(n)}`} />
					) : null,
				)}
			</div>
			<figcaption>
				{parts.map(({ name, n, tone }) => (
					<span key={name} data-tone={tone}>
						{name} <b>{count(n)}</b>
					</span>
				))}
				{pValue !== undefined && pValue !== null && (
					<span>p {pValue < 0.001 ? "< 0.001" : `= ${pValue.toFixed(3)}`}</span>
				)}
			</figcaption>
		</figure>
	);
}
