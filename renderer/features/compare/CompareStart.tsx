import { ChartNoAxesColumn } from "lucide-react";
import { useState } from "react";
import type { TaskState } from "../../../core/contract/api-tasks.ts";
import { goTo, routes } from "../../app/navigation.ts";
import { useStudio } from "../../app/store.ts";
import { useShortcuts } from "../../app/useShortcuts.ts";
import {
	Button,
	Card,
	type Column,
	DataTable,
	EmptyState,
	format,
	PageHeader,
	Pill,
} from "../../ui/index.ts";
import { EvaluateDialog } from "./EvaluateDialog.tsx";
import { RunPicker } from "./RunPicker.tsx";

const STATES: Record<TaskState["state"], { label: string; tone: "good" | "bad" | "neutral" }> = {
	queued: { label: "Queued", tone: "neutral" },
	running: { label: "Answering", tone: "good" },
	stopping: { label: "Stopping", tone: "neutral" },
	completed: { label: "Finished", tone: "neutral" },
	stopped: { label: "Stopped", tone: "neutral" },
	failed: { label: "Failed", tone: "bad" },
};

const columns: Column<TaskState>[] = [
	{ id: "name", header: "Evaluation", value: ({ name }) => name, cell: ({ name }) => <b>{name}</b> },
	{
		id: "state",
		header: "State",
		width: "120px",
		value: ({ state }) => STATES[state].label,
		cell: ({ state }) => (
			<Pill tone={STATES[state].tone} dot={state === "running"}>
				{STATES[state].label}
			</Pill>
		),
	},
	{
		id: "created",
		header: "Created",
		width: "120px",
		value: ({ createdAt }) => createdAt,
		cell: ({ createdAt }) => <span className="tone-3">{format.ago(createdAt)}</span>,
	},
];

/** Nothing chosen yet: what can be compared, and evaluations made before. */
export function CompareStart() {
	const tasks = useStudio((state) => state.tasks);
	const [asking, setAsking] = useState<"runs" | "evaluate" | null>(null);
	const evaluations = (tasks ?? []).filter(({ kind }) => kind === "compare");
	useShortcuts([{ keys: "N", label: "Choose runs to compare", run: () => setAsking("runs") }]);
	return (
		<>
			<PageHeader
				title="Compare"
				actions={
					<>
						<Button onClick={() => setAsking("evaluate")}>Evaluate on a data set…</Button>
						<Button variant="primary" kbd="N" onClick={() => setAsking("runs")}>
							Choose runs…
						</Button>
					</>
				}
			/>
			<EmptyState
				icon={ChartNoAxesColumn}
				title="Compare up to 8 runs"
				action={<Button onClick={() => setAsking("runs")}>Choose runs…</Button>}
				example={
					<span>004 against 007 · 1,000 problems · only 004 solves 42, only 007 solves 31 · p = 0.24</span>
				}
			>
				Settings that differ come first, then curves laid over each other, then every held-out problem that
				one run solved and another did not. Two runs with the same accuracy can still solve different
				problems.
			</EmptyState>
			{evaluations.length > 0 && (
				<Card flush title="Evaluations" note="two models on the same problems">
					<DataTable<TaskState>
						label="Evaluations"
						rows={evaluations}
						columns={columns}
						rowKey={({ id }) => id}
						onOpen={({ id }) => goTo(routes.compareTask(id))}
					/>
				</Card>
			)}
			{asking === "runs" && (
				<RunPicker
					chosen={[]}
					onClose={() => setAsking(null)}
					onChoose={(ids) => goTo(routes.compare(ids))}
				/>
			)}
			{asking === "evaluate" && <EvaluateDialog runIds={[]} onClose={() => setAsking(null)} />}
		</>
	);
}
