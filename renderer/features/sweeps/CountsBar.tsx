import type { SweepSummary } from "../../../core/contract/api-sweeps.ts";
import { cx, format } from "../../ui/index.ts";
import styles from "./counts.module.css";

type Counts = Pick<SweepSummary, "finished" | "cut" | "training" | "waiting" | "failed" | "total">;

/** Runs by what became of them, in the order of the bar. */
export function countParts({ finished, cut, training, waiting, failed, total }: Counts) {
	const unfinished = total - finished - cut - training - waiting - failed;
	return [
		{ key: "finished", n: finished, word: "finished" },
		{ key: "cut", n: cut, word: "stopped early" },
		{ key: "training", n: training, word: "training" },
		{ key: "failed", n: failed, word: "failed" },
		{ key: "unfinished", n: unfinished, word: "unfinished" },
		{ key: "waiting", n: waiting, word: "waiting" },
	].filter(({ n }) => n > 0);
}

/** How far a sweep is, one part for each state of its runs. */
export function CountsBar({ counts, small = false }: { counts: Counts; small?: boolean }) {
	const parts = countParts(counts);
	const over = counts.finished + counts.cut + counts.failed;
	return (
		<div
			role="progressbar"
			aria-label="Runs of the sweep"
			aria-valuemin={0}
			aria-valuemax={counts.total}
			aria-valuenow={over}
			aria-valuetext={
				parts.map(({ n, word }) => `${format.count(n)} ${word}`).join(", ") || "not planned yet"
			}
			className={cx(styles.bar, small && styles.small)}
		>
			{parts.map(({ key, n, word }) => (
				<i key={key} data-part={key} style={{ flexGrow: n }} title={`${format.count(n)} ${word}`} />
			))}
		</div>
	);
}

/** The bar's legend with its numbers, and the time that stopping early has saved. */
export function CountsLegend({ counts, secondsSaved }: { counts: Counts; secondsSaved: number }) {
	return countParts(counts).map(({ key, n, word }) => (
		<span key={key} className={styles.part}>
			<i data-part={key} />
			<b>{format.count(n)}</b> {word}
			{key === "cut" && secondsSaved > 0 && `, ${format.duration(1000 * secondsSaved)} saved`}
		</span>
	));
}
