import { SlidersHorizontal } from "lucide-react";
import { useMemo, useState } from "react";
import type { SweepSummary, SweepTrial } from "../../../core/contract/api-sweeps.ts";
import { Heatmap } from "../../charts/index.ts";
import { Card, format, IconButton, Menu, Segmented, Select } from "../../ui/index.ts";
import { fieldName, fieldWord } from "../shared/field-names.ts";
import { valueAxis } from "./axis-values.ts";
import { fieldPairs, pivot } from "./pivot.ts";
import styles from "./SweepPage.module.css";
import { SCORES } from "./scores.ts";

const MEAN = "mean";
/** More values of the third setting than this are listed instead of laid side by side. */
const MOST_SEGMENTS = 3;

interface Props {
	summary: SweepSummary;
	trials: readonly SweepTrial[];
	open: (runId: string) => void;
}

/** The score over two settings, for one value of a third or as the mean over it. */
export function SweepHeatmap({ summary, trials, open }: Props) {
	const { axes, objective, best } = summary;
	const fields = useMemo(() => axes.map(({ field }) => field), [axes]);
	const pairs = useMemo(() => fieldPairs(fields), [fields]);
	const [pair, setPair] = useState(0);
	const [chosen, setChosen] = useState<string | null>(null);
	const [column, row] = pairs[pair] ?? pairs[0] ?? ["", null];
	const third = fields.find((field) => field !== column && field !== row) ?? null;
	const thirdAxis = third === null ? null : valueAxis(trials, third);
	// The best run is in sight until the user looks elsewhere.
	const bestAt =
		third === null ? -1 : (thirdAxis?.indexOf(best?.values[third] ?? trials[0]?.values[third]) ?? -1);
	const shown = chosen ?? String(Math.max(0, bestAt));
	const table = pivot(trials, {
		column,
		row,
		only: third === null || shown === MEAN ? null : { field: third, index: Number(shown) },
	});
	const { name, unit, decimals, shown: inUnit, higherIsBetter } = SCORES[objective];
	const options =
		third === null || thirdAxis === null
			? []
			: [
					...thirdAxis.labels
						.map((label, i) => ({ value: String(i), label: `${fieldName(third)} ${label}` }))
						.reverse(),
					{ value: MEAN, label: "Mean" },
				];
	const title = `${name} by ${fieldWord(column)}${row === null ? "" : ` and ${fieldWord(row)}`}`;
	const toggle = {
		label: third === null ? "" : `${fieldName(third)} shown`,
		value: shown,
		onChange: setChosen,
		options,
	};
	return (
		<Card
			flush
			grow
			className={styles.panel}
			title={title}
			actions={
				<>
					{options.length > 0 &&
						(options.length <= MOST_SEGMENTS + 1 ? <Segmented {...toggle} /> : <Select small {...toggle} />)}
					{pairs.length > 1 && (
						<Menu
							align="end"
							trigger={<IconButton icon={SlidersHorizontal} size="sm" label="Choose the two settings" />}
							items={pairs.map(([columns, rows], i) => ({
								label: `${fieldName(columns)} × ${rows === null ? "" : fieldName(rows)}`,
								onSelect: () => {
									setPair(i);
									setChosen(null);
								},
							}))}
						/>
					)}
				</>
			}
		>
			<div className={styles.fill}>
				<Heatmap
					label={title}
					columnLabel={fieldWord(column)}
					rowLabel={row === null ? null : fieldWord(row)}
					columns={table.columns}
					rows={table.rows}
					unit={unit}
					lowerIsBetter={!higherIsBetter}
					format={(value) => format.fixed(value, decimals)}
					cell={(r, c) => {
						const cell = table.cell(r, c);
						return (
							cell && {
								state: cell.state,
								value: cell.value === null ? null : inUnit(cell.value),
								selected: cell.trials.some(({ runId }) => runId === best?.runId),
							}
						);
					}}
					onOpen={(r, c) => {
						const cell = table.cell(r, c);
						if (cell) open(cell.runId);
					}}
				/>
			</div>
		</Card>
	);
}
