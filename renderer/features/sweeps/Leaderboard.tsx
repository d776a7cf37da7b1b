import { useMemo } from "react";
import type { SweepSummary, SweepTrial } from "../../../core/contract/api-sweeps.ts";
import { Button, Card, DataTable, format } from "../../ui/index.ts";
import { leaderboardColumns } from "./leaderboard-columns.tsx";
import { type Pins, togglePin } from "./pins.ts";
import styles from "./SweepPage.module.css";

interface Props {
	summary: SweepSummary;
	/** Those inside the brushes. */
	trials: readonly SweepTrial[];
	/** All, best first. */
	ranked: readonly SweepTrial[];
	pins: Pins;
	hovered: string | null;
	open: (runId: string) => void;
	onClearBrushes: () => void;
}

/** Every run, best first: Enter opens one, X pins it. */
export function Leaderboard({ summary, trials, ranked, pins, hovered, open, onClearBrushes }: Props) {
	const { id, baseAccuracy, objective } = summary;
	const columns = useMemo(
		() => leaderboardColumns(summary, ranked, pins, (runId) => togglePin(id, runId)),
		[summary, ranked, pins, id],
	);
	return (
		<Card
			flush
			grow
			className={styles.panel}
			title="Leaderboard"
			note={
				objective === "accuracy" && baseAccuracy !== null
					? `base model ${format.percent(baseAccuracy)}; X pins a run`
					: "X pins a run"
			}
		>
			<div className={styles.fill}>
				<DataTable<SweepTrial>
					label="Leaderboard"
					rows={trials}
					columns={columns}
					rowKey={({ runId }) => runId}
					onOpen={({ runId }) => open(runId)}
					current={hovered ?? summary.best?.runId}
					filterable
					onRowKey={(event, { runId }) => {
						if (event.key.toLowerCase() === "x") togglePin(id, runId);
					}}
					empty={
						<>
							No run lies inside the brushes.
							<Button size="sm" onClick={onClearBrushes}>
								Clear brushes
							</Button>
						</>
					}
				/>
			</div>
		</Card>
	);
}
