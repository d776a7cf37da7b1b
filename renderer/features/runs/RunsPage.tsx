import { Activity } from "lucide-react";
import { useState } from "react";
import type { RunSummary } from "../../../core/contract/api-runs.ts";
import { call } from "../../api/index.ts";
import { goTo, routes } from "../../app/navigation.ts";
import { isBusy, messageOf, useStudio } from "../../app/store.ts";
import { useShortcuts } from "../../app/useShortcuts.ts";
import {
	Button,
	ButtonLink,
	Card,
	ConfirmDialog,
	DataTable,
	EmptyState,
	focusFilter,
	format,
	PageHeader,
	toast,
} from "../../ui/index.ts";
import { runColumns } from "./columns.tsx";

const MOST_COMPARED = 8;

export default function RunsPage() {
	const runs = useStudio((state) => state.runs);
	const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
	const [deleting, setDeleting] = useState(false);
	const chosen = (runs ?? []).filter(({ id }) => selected.has(id));
	const deletable = chosen.filter((run) => !isBusy(run));
	const compare = () => goTo(routes.compare(chosen.slice(0, MOST_COMPARED).map(({ id }) => id)));
	useShortcuts([
		{ keys: "N", label: "Train a new run", run: () => goTo(routes.train()) },
		{ keys: "/", label: "Filter the runs", run: () => focusFilter() },
		...(chosen.length > 0 ? [{ keys: "C", label: "Compare the chosen runs", run: compare }] : []),
	]);
	const remove = async () => {
		for (const run of deletable) {
			try {
				await call("runs.remove", { id: run.id });
			} catch (error) {
				toast({ tone: "bad", title: `${run.name} was not deleted`, detail: messageOf(error) });
			}
		}
		setSelected(new Set());
	};
	return (
		<>
			<PageHeader
				title="Runs"
				note={runs === null ? undefined : format.plural(runs.length, "run")}
				actions={
					<>
						{deletable.length > 0 && <Button onClick={() => setDeleting(true)}>Delete…</Button>}
						{chosen.length > 0 && (
							<Button kbd="C" onClick={compare}>
								Compare {Math.min(chosen.length, MOST_COMPARED)}
							</Button>
						)}
						<ButtonLink variant="primary" kbd="N" href={`#${routes.train()}`}>
							New run
						</ButtonLink>
					</>
				}
			/>
			{runs !== null && runs.length === 0 ? (
				<EmptyState
					icon={Activity}
					title="No runs yet"
					action={<ButtonLink href={`#${routes.train()}`}>Train a first run</ButtonLink>}
					example={<span>Qwen2-7B GSM8K · DQO · β 0.03 · lr 5e-7 · 87.4 %, +14.6 over base</span>}
				>
					Every run is kept here with its settings, curves, samples and checkpoints.
				</EmptyState>
			) : (
				<Card flush grow>
					<DataTable<RunSummary>
						label="Runs"
						rows={runs ?? []}
						loading={runs === null}
						columns={runColumns(runs ?? [])}
						rowKey={({ id }) => id}
						onOpen={({ id }) => goTo(routes.run(id))}
						selected={selected}
						onSelect={setSelected}
						filterable
						empty="No run matches the filter."
					/>
				</Card>
			)}
			<ConfirmDialog
				open={deleting}
				onOpenChange={setDeleting}
				action="Delete"
				object={deletable.length === 1 ? (deletable[0]?.name ?? "") : `${deletable.length} runs`}
				consequence="Their folders go with all checkpoints, curves and samples. Data sets and models stay."
				onConfirm={remove}
			/>
		</>
	);
}
