import type { SweepDetail } from "../../../core/contract/api-sweeps.ts";
import { routes } from "../../app/navigation.ts";
import { ImportanceBars } from "../../charts/index.ts";
import { Card, format } from "../../ui/index.ts";
import { fieldName, fieldWord } from "../shared/field-names.ts";
import { importanceSentence, interactionSentence, LEAST_FOR_IMPORTANCE } from "./importance-words.ts";
import styles from "./SweepPage.module.css";
import { isScored, SCORES, trialName } from "./scores.ts";
import { TopTwo } from "./TopTwo.tsx";

/** Of many swept settings, pairs beyond these explain the least. */
const MOST_PAIRS = 3;

/** `β × learning rate`. */
function pairName([a, b]: readonly [string, string]): string {
	return `${fieldName(a)} × ${fieldWord(b)}`;
}

/** What moved the score, and whether the best is told apart from the second. */
export function SweepImportance({ detail }: { detail: SweepDetail }) {
	const { summary, trials, importance, interactions, test } = detail;
	const { objective, best } = summary;
	const { word, higherIsBetter } = SCORES[objective];
	const finished = trials.filter(isScored).filter(({ status }) => status === "finished");
	const enough = finished.length >= LEAST_FOR_IMPORTANCE;
	const bestTrial = trials.find(({ runId }) => runId === best?.runId);
	return (
		<Card
			flush
			grow
			className={styles.panel}
			title={`What moved ${word}`}
			note={enough ? `share of variance over ${format.plural(finished.length, "finished run")}` : undefined}
		>
			<div className={styles.fill}>
				{enough ? (
					<ImportanceBars
						items={[
							...importance.map((one) => ({
								label: fieldName(one.field),
								share: one.share ?? 0,
								note: importanceSentence(one, finished, higherIsBetter),
							})),
							...interactions.slice(0, MOST_PAIRS).map((pair) => ({
								label: pairName(pair.fields),
								share: pair.share,
								note: interactionSentence(pair, finished, higherIsBetter),
							})),
						]}
					/>
				) : (
					<p className={styles.quiet}>
						From {LEAST_FOR_IMPORTANCE} finished runs on, this says how much of the differences in {word} each
						setting explains. {format.count(finished.length)} finished so far.
					</p>
				)}
				<div className={styles.verdicts}>
					<TopTwo detail={detail} />
					{test && bestTrial && (
						<div className={styles.verdict} data-tone="plain">
							<b>
								Test: {trialName(bestTrial.trial)} solves {format.percent(test.greedy.accuracy)}{" "}
								{format.plusMinus(50 * (test.greedy.interval[1] - test.greedy.interval[0]))}
							</b>{" "}
							of {format.plural(test.greedy.n, "problem")} that no run was picked by.{" "}
							<a href={`#${routes.run(bestTrial.runId)}`}>Open the run</a>
						</div>
					)}
				</div>
			</div>
		</Card>
	);
}
