import { useEffect, useState } from "react";
import type { RunSummary } from "../../../core/contract/api-runs.ts";
import { call } from "../../api/index.ts";
import { messageOf } from "../../app/store.ts";
import { METHOD_LABELS, STATE_WORDS } from "../../app/words.ts";
import { Button, type Column, DataTable, Dialog, format, toast } from "../../ui/index.ts";

export const MOST_RUNS = 8;

interface Props {
	chosen: readonly string[];
	onClose: () => void;
	onChoose: (ids: readonly string[]) => void;
}

const columns: Column<RunSummary>[] = [
	{ id: "run", header: "Run", value: ({ name }) => name, cell: ({ name }) => <b>{name}</b> },
	{
		id: "method",
		header: "Method",
		width: "72px",
		value: ({ method }) => (method === null ? null : METHOD_LABELS[method]),
	},
	{ id: "data", header: "Data", value: ({ dataName }) => dataName },
	{ id: "model", header: "Model", value: ({ modelName }) => modelName },
	{
		id: "beta",
		header: "β",
		align: "right",
		width: "64px",
		value: ({ beta }) => beta,
		cell: ({ beta }) => format.number(beta),
		aliases: ["β"],
	},
	{
		id: "lr",
		header: "Learning rate",
		align: "right",
		width: "108px",
		value: ({ lr }) => lr,
		cell: ({ lr }) => <span className="power">{format.number(lr)}</span>,
	},
	{
		id: "lambda",
		header: "λ",
		align: "right",
		width: "64px",
		value: ({ lambda }) => lambda,
		cell: ({ lambda }) => format.number(lambda),
		aliases: ["λ"],
	},
	{
		id: "accuracy",
		header: "Accuracy",
		unit: "%",
		align: "right",
		width: "104px",
		value: ({ bestAccuracy }) => (bestAccuracy === null ? null : 100 * bestAccuracy),
		cell: ({ bestAccuracy }) => (bestAccuracy === null ? "n/a" : format.fixed(100 * bestAccuracy, 1)),
	},
	{ id: "state", header: "State", width: "96px", value: ({ state }) => STATE_WORDS[state].label },
];

/** Any runs, those of sweeps too, up to eight. */
export function RunPicker({ chosen, onClose, onChoose }: Props) {
	const [runs, setRuns] = useState<readonly RunSummary[] | null>(null);
	const [selected, setSelected] = useState<ReadonlySet<string>>(new Set(chosen));
	useEffect(() => {
		call("runs.list", {}).then(
			(list) => setRuns(list.runs),
			(error: unknown) => {
				setRuns([]);
				toast({ tone: "bad", title: "The runs could not be listed", detail: messageOf(error) });
			},
		);
	}, []);
	const kept = [
		...chosen.filter((id) => selected.has(id)),
		...[...selected].filter((id) => !chosen.includes(id)),
	];
	const over = kept.length > MOST_RUNS;
	return (
		<Dialog
			open
			onOpenChange={(open) => !open && onClose()}
			title="Choose runs to compare"
			description={
				over
					? `${format.count(kept.length)} are chosen; the first ${MOST_RUNS} are compared.`
					: `Up to ${MOST_RUNS}, those of sweeps too. Space or a click chooses.`
			}
			size="lg"
			footer={
				<>
					<Button onClick={onClose}>Cancel</Button>
					<Button
						variant="primary"
						aria-disabled={kept.length === 0}
						onClick={() => {
							if (kept.length === 0) return;
							onChoose(kept.slice(0, MOST_RUNS));
							onClose();
						}}
					>
						Compare {format.plural(Math.min(kept.length, MOST_RUNS), "run")}
					</Button>
				</>
			}
		>
			<DataTable<RunSummary>
				label="Runs to choose from"
				rows={runs ?? []}
				loading={runs === null}
				columns={columns}
				rowKey={({ id }) => id}
				selected={selected}
				onSelect={setSelected}
				onOpen={({ id }) => {
					const next = new Set(selected);
					if (!next.delete(id)) next.add(id);
					setSelected(next);
				}}
				filterable
				maxHeight={360}
				empty="No runs yet. Train one first."
			/>
		</Dialog>
	);
}
