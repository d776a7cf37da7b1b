import type { ExportResult } from "../../../core/contract/jobs.ts";
import { Card, format } from "../../ui/index.ts";
import styles from "./Export.module.css";

/** The comparison in figures: how far logits moved of what they may, and how long the greedy answer stays the run's own. */
export function Verdict({ result: { comparison, step, verified } }: { result: ExportResult }) {
	const { maxLogitDifference, tolerance, greedyEqual, greedyTokens } = comparison ?? {};
	const within =
		maxLogitDifference === undefined || tolerance === undefined || maxLogitDifference <= tolerance;
	return (
		<Card title="Against the run" note={`checkpoint of step ${format.count(step)}`}>
			<div className={styles.verdict}>
				<div>
					<div className={styles.quiet}>Max logit difference</div>
					<div className={styles.figure} data-bad={within ? undefined : true}>
						{format.number(maxLogitDifference, 2)}
					</div>
					<div className={styles.under}>
						{tolerance === undefined ? "not compared" : `${format.number(tolerance, 2)} allowed`}
					</div>
				</div>
				<div>
					<div className={styles.quiet}>Greedy tokens equal</div>
					<div className={styles.figure}>
						{greedyTokens === undefined ? format.NONE : `${greedyEqual}/${greedyTokens}`}
					</div>
					<div className={styles.tokens} aria-hidden="true">
						{Array.from({ length: greedyTokens ?? 0 }, (_, i) => (
							// biome-ignore lint/suspicious/noArrayIndexKey: the token's place is what it is
							<i key={i} data-equal={i < (greedyEqual ?? 0)} />
						))}
					</div>
				</div>
				<p>
					{verified
						? "The reopened files answer as the run's own policy does."
						: "The reopened files are not known to answer as the run's own policy does."}
				</p>
			</div>
		</Card>
	);
}
