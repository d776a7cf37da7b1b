import { useMemo } from "react";
import type { SweepSummary, SweepTrial } from "../../../core/contract/api-sweeps.ts";
import { slotColor } from "../../app/colors.ts";
import {
	type Brushes,
	type ParallelAxis,
	ParallelCoordinates,
	type ParallelRun,
} from "../../charts/index.ts";
import { Card, format, Pill } from "../../ui/index.ts";
import type { AxisValues } from "./brushing.ts";
import type { Pins } from "./pins.ts";
import styles from "./SweepPage.module.css";
import { isScored, scoreText, trialName } from "./scores.ts";

interface Props {
	summary: SweepSummary;
	trials: readonly SweepTrial[];
	axes: readonly ParallelAxis[];
	values: ReadonlyMap<string, AxisValues>;
	pins: Pins;
	brushes: Brushes;
	labels: readonly { key: string; text: string }[];
	/** Runs inside all brushes. */
	kept: number;
	onBrushes: (brushes: Brushes) => void;
	onHover: (runId: string | null) => void;
	open: (runId: string) => void;
}

/** Settings and results of all runs; what is dragged along an axis filters the leaderboard. */
export function SweepParallel(props: Props) {
	const { summary, trials, axes, values, pins, brushes, labels, kept, onBrushes, onHover, open } = props;
	const { objective } = summary;
	const runs = useMemo(
		() =>
			trials.map((trial): ParallelRun => {
				const slot = pins[trial.runId];
				return {
					key: trial.runId,
					label: `${trialName(trial.trial)}, ${scoreText(objective, trial.score)}`,
					values: values.get(trial.runId) ?? {},
					...(slot === undefined ? {} : { color: slotColor(slot) }),
					stopped: trial.status === "cut",
					pending: trial.score === null,
				};
			}),
		[trials, values, pins, objective],
	);
	const clear = (key: string) => {
		const { [key]: _, ...others } = brushes;
		onBrushes(others);
	};
	return (
		<Card
			flush
			grow
			className={styles.panel}
			title="Parallel coordinates"
			note={`${format.plural(trials.filter(isScored).length, "run")} with results; drag on an axis to filter`}
			actions={
				<div className={styles.brushes}>
					{labels.map(({ key, text }, i) => (
						<Pill key={key} tone="accent" removeLabel={`Clear ${text}`} onRemove={() => clear(key)}>
							{text}
							{i === labels.length - 1 && `: ${format.plural(kept, "run")}`}
						</Pill>
					))}
				</div>
			}
		>
			<div className={styles.fill}>
				<ParallelCoordinates {...{ axes, runs, brushes, onBrushes, onHover }} onOpen={open} />
			</div>
		</Card>
	);
}
