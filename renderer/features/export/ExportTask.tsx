import { useState } from "react";
import type { TaskState } from "../../../core/contract/api-tasks.ts";
import { call } from "../../api/index.ts";
import { useObjectName } from "../../app/crumb.ts";
import { goTo, routes } from "../../app/navigation.ts";
import { addModel } from "../../app/picking.ts";
import { messageOf, useStudio } from "../../app/store.ts";
import {
	Button,
	ButtonLink,
	ConfirmDialog,
	EmptyState,
	ErrorNote,
	LoadingLine,
	PageHeader,
	Pill,
	toast,
} from "../../ui/index.ts";
import { ExportProgress } from "./ExportProgress.tsx";
import { ExportReport } from "./ExportReport.tsx";
import { resultOf, stateOf } from "./result.ts";

/** One export: its progress, then its report. */
export function ExportTask({ id }: { id: string }) {
	const tasks = useStudio((state) => state.tasks);
	const task = tasks?.find((one) => one.id === id) ?? null;
	useObjectName(task?.name ?? null);
	if (tasks === null) return <LoadingLine active label="Opening the export" />;
	if (task === null || task.spec.kind !== "export")
		return (
			<EmptyState
				title="This export is not there"
				action={<ButtonLink href={`#${routes.export()}`}>Export</ButtonLink>}
			>
				It was taken off the list. The files that it wrote stay where they are.
			</EmptyState>
		);
	return <Shown task={task} spec={task.spec} />;
}

type ExportSpec = Extract<TaskState["spec"], { kind: "export" }>;

function Shown({ task, spec }: { task: TaskState; spec: ExportSpec }) {
	const [removing, setRemoving] = useState(false);
	const { id, name, state, failure } = task;
	const result = resultOf(task);
	const word = stateOf(task);
	const open = state === "queued" || state === "running" || state === "stopping";
	const act = (method: "tasks.cancel" | "tasks.retry" | "tasks.dismiss") =>
		call(method, { id }).catch((error: unknown) =>
			toast({ tone: "bad", title: `${name} was not changed`, detail: messageOf(error) }),
		);
	const again = (
		<Button variant="primary" onClick={() => void act("tasks.retry")}>
			Start again
		</Button>
	);
	return (
		<>
			<PageHeader
				title={name}
				meta={
					<Pill tone={word.tone} dot={state === "running"}>
						{word.label}
					</Pill>
				}
				actions={
					<>
						{open && (
							<Button disabled={state === "stopping"} onClick={() => void act("tasks.cancel")}>
								Cancel
							</Button>
						)}
						{!open && <Button onClick={() => setRemoving(true)}>Remove…</Button>}
						{!open && <ButtonLink href={`#${routes.export(spec.runId)}`}>Export another</ButtonLink>}
						{(state === "failed" || state === "stopped") && again}
						{result?.verified === true && spec.format === "hf" && (
							<Button variant="primary" onClick={() => void addModel(result.dir)}>
								Add as a model
							</Button>
						)}
					</>
				}
			/>
			{open && <ExportProgress task={task} />}
			{failure !== null && <ErrorNote error={failure} />}
			{state === "stopped" && (
				<EmptyState title="Cancelled">
					What was written until then is removed. The run and its checkpoints are as they were.
				</EmptyState>
			)}
			{result !== null && <ExportReport result={result} spec={spec} />}
			<ConfirmDialog
				open={removing}
				onOpenChange={setRemoving}
				action="Remove"
				object={name}
				consequence={
					result === null
						? "It is taken off the list. The run stays."
						: `Its report is taken off the list. The files in ${result.dir} and the run stay.`
				}
				onConfirm={async () => {
					await act("tasks.dismiss");
					goTo(routes.export());
				}}
			/>
		</>
	);
}
