import type { SweepDetail } from "../../../core/contract/api-sweeps.ts";
import { format } from "../../ui/index.ts";
import { CountsBar, CountsLegend } from "./CountsBar.tsx";
import styles from "./SweepPage.module.css";
import { SCORES } from "./scores.ts";

/** How far the sweep is, the time left, and what its runs are ranked by. */
export function SweepProgress({ detail: { summary, topTwo } }: { detail: SweepDetail }) {
	const { state, secondsLeft, objective, finishedAt, total } = summary;
	const score = SCORES[objective].word;
	return (
		<div className={styles.progress}>
			<CountsBar counts={summary} />
			<div className={styles.figures}>
				<CountsLegend counts={summary} secondsSaved={summary.secondsSaved} />
				{state === "running" &&
					(secondsLeft === null ? (
						<span>{total === 0 ? "counting the steps of every run" : "measuring the time left"}</span>
					) : (
						<span>
							<b>{format.duration(1000 * secondsLeft)}</b> left, done{" "}
							{format.clock(Date.now() + 1000 * secondsLeft)}
						</span>
					))}
				{state === "completed" && finishedAt !== null && <span>finished {format.clock(finishedAt)}</span>}
				<span className={styles.figuresEnd}>
					Ranked by <b>{objective === "accuracy" ? "held-out accuracy, greedy" : score}</b>
					{topTwo && `, ${format.plural(topTwo.n, "problem")}`}
				</span>
			</div>
		</div>
	);
}
