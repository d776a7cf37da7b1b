import { routes } from "../../app/navigation.ts";
import { useStudio } from "../../app/store.ts";
import { ButtonLink, Card, format, Pill, ProgressBar } from "../../ui/index.ts";
import { fieldWord } from "../shared/field-names.ts";
import styles from "./Home.module.css";

const STATE: Record<string, string> = {
	running: "Training",
	completed: "Finished",
	queued: "Queued",
	failed: "Failed",
};

/** The newest sweep: how far it is, and the best so far. */
export function SweepCard() {
	const sweep = useStudio((state) => state.sweeps?.[0]);
	if (!sweep) return null;
	const { best, objective, finished, cut, failed, total } = sweep;
	const over = finished + cut + failed;
	const score = (value: number) => (objective === "accuracy" ? format.percent(value) : format.number(value));
	return (
		<Card>
			<div className={styles.sweep}>
				<div className={styles.sweepText}>
					<div className={styles.sweepName}>
						<b>{sweep.name}</b>
						<Pill tone={sweep.state === "running" ? "good" : "neutral"}>
							{STATE[sweep.state] ?? "Stopped"}
						</Pill>
					</div>
					<p>
						{format.count(over)} of {format.count(total)} runs done.
						{best && (
							<>
								{" "}
								Best so far <b>{score(best.score)}</b> at{" "}
								{Object.entries(best.values)
									.map(
										([field, value]) =>
											`${fieldWord(field)} ${typeof value === "number" ? format.number(value) : String(value)}`,
									)
									.join(", ")}
								.
							</>
						)}
					</p>
					<ProgressBar label={`${sweep.name}: ${over} of ${total} runs done`} value={over} max={total} />
				</div>
				<ButtonLink href={`#${routes.sweep(sweep.id)}`}>Open sweep</ButtonLink>
			</div>
		</Card>
	);
}
