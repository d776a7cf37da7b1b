import type { SweepDetail } from "../../../core/contract/api-sweeps.ts";
import { routes } from "../../app/navigation.ts";
import { format } from "../../ui/index.ts";
import { pText, TOLD_APART } from "../shared/verdict.ts";
import styles from "./SweepPage.module.css";
import { trialName } from "./scores.ts";

/** The paired test of ranks 1 and 2 on the problems that both answered. */
export function TopTwo({ detail: { topTwo, trials } }: { detail: SweepDetail }) {
	if (topTwo === null) return null;
	const name = (runId: string) => trialName(trials.find((trial) => trial.runId === runId)?.trial ?? runId);
	const [a, b] = [name(topTwo.a), name(topTwo.b)];
	const { onlyA, onlyB, n, p } = topTwo;
	const apart = p < TOLD_APART;
	return (
		<div className={styles.verdict}>
			<b>{apart ? "Ranks 1 and 2 are told apart." : "Ranks 1 and 2 are not told apart."}</b> On the same{" "}
			{format.plural(n, "problem")} only {a} solves {format.count(onlyA)} and only {b} solves{" "}
			{format.count(onlyB)} ({pText(p)}).{" "}
			<a href={`#${routes.compare([topTwo.a, topTwo.b])}`}>
				Compare {a} with {b}
			</a>
		</div>
	);
}
