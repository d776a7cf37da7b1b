import type { TaskState } from "../../../core/contract/api-tasks.ts";
import { goTo, routes } from "../../app/navigation.ts";
import { Card, type Column, DataTable, format, Pill } from "../../ui/index.ts";
import { resultOf, stateOf } from "./result.ts";

const columns: Column<TaskState>[] = [
	{ id: "name", header: "Export", value: ({ name }) => name, cell: ({ name }) => <b>{name}</b> },
	{
		id: "state",
		header: "State",
		width: "128px",
		value: (task) => stateOf(task).label,
		cell: (task) => {
			const { label, tone } = stateOf(task);
			return (
				<Pill tone={tone} dot={task.state === "running"}>
					{label}
				</Pill>
			);
		},
	},
	{
		id: "step",
		header: "Step",
		align: "right",
		width: "80px",
		value: (task) => resultOf(task)?.step ?? null,
		cell: (task) => format.count(resultOf(task)?.step),
	},
	{
		id: "size",
		header: "Size",
		align: "right",
		width: "96px",
		value: (task) => resultOf(task)?.bytes ?? null,
		cell: (task) => format.bytes(resultOf(task)?.bytes),
	},
	{
		id: "created",
		header: "Created",
		width: "112px",
		value: ({ createdAt }) => createdAt,
		cell: ({ createdAt }) => <span className="tone-3">{format.ago(createdAt)}</span>,
	},
];

/** Exports made before, newest first. */
export function PastExports({ tasks }: { tasks: readonly TaskState[] }) {
	return (
		<Card flush title="Exports" note={format.count(tasks.length)}>
			<DataTable<TaskState>
				label="Exports"
				rows={tasks}
				columns={columns}
				rowKey={({ id }) => id}
				onOpen={({ id }) => goTo(routes.exportTask(id))}
				maxHeight={360}
			/>
		</Card>
	);
}
