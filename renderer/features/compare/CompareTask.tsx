import { useState } from "react";
import { pairedSchema, type TaskState } from "../../../core/contract/api-tasks.ts";
import { call } from "../../api/index.ts";
import { slotColor } from "../../app/colors.ts";
import { useObjectName } from "../../app/crumb.ts";
import { goTo, routes } from "../../app/navigation.ts";
import { messageOf, useStudio } from "../../app/store.ts";
import {
	Button,
	ButtonLink,
	ConfirmDialog,
	EmptyState,
	ErrorNote,
	format,
	LoadingLine,
	PageHeader,
	ProgressBar,
	toast,
} from "../../ui/index.ts";
import styles from "./Compare.module.css";
import { PairedView, type Side } from "./PairedView.tsx";

const AT_WORK: ReadonlySet<TaskState["state"]> = new Set(["queued", "running", "stopping"]);

/** Two models on the same problems: progress, then the result. */
export function CompareTask({ id }: { id: string }) {
	const tasks = useStudio((state) => state.tasks);
	const task = tasks?.find((one) => one.id === id) ?? null;
	useObjectName(task?.name ?? null);
	if (tasks === null) return <LoadingLine active label="Opening the evaluation" />;
	if (task === null || task.spec.kind !== "compare")
		return (
			<EmptyState
				title="This evaluation is not there"
				action={<ButtonLink href={`#${routes.compare()}`}>Compare</ButtonLink>}
			>
				It was taken off the list. Evaluate the two on a data set again to see it.
			</EmptyState>
		);
	return <Shown task={task} spec={task.spec} />;
}

type CompareSpec = Extract<TaskState["spec"], { kind: "compare" }>;

function Shown({ task, spec }: { task: TaskState; spec: CompareSpec }) {
	const data = useStudio((state) => state.data?.find(({ id }) => id === spec.dataId)?.name);
	const [removing, setRemoving] = useState(false);
	const { id, name, state, failure } = task;
	const result = pairedSchema.safeParse(task.result);
	const act = (method: "tasks.cancel" | "tasks.retry" | "tasks.dismiss") =>
		call(method, { id }).catch((error: unknown) =>
			toast({ tone: "bad", title: `${name} was not changed`, detail: messageOf(error) }),
		);
	const over = !AT_WORK.has(state);
	const sides = (result.data?.sides ?? []).map(({ label }, i): Side => {
		const model = i === 0 ? spec.a : spec.b;
		const step =
			model.type === "run"
				? `, ${typeof model.checkpoint === "number" ? `step ${model.checkpoint}` : model.checkpoint}`
				: "";
		return {
			label: label + step,
			color: slotColor(i),
			route: model.type === "run" ? routes.run(model.id) : null,
			baseAccuracy: null,
			inspect: model.type === "run" ? { model, template: spec.template, task: spec.task } : null,
		};
	});
	return (
		<>
			<PageHeader
				title={name}
				note={data}
				actions={
					<>
						{(state === "queued" || state === "running") && (
							<Button onClick={() => void act("tasks.cancel")}>Cancel</Button>
						)}
						{(state === "failed" || state === "stopped") && (
							<Button onClick={() => void act("tasks.retry")}>Start again</Button>
						)}
						{over && <Button onClick={() => setRemoving(true)}>Remove…</Button>}
					</>
				}
			/>
			{!over && <Progress task={task} />}
			{failure !== null && <ErrorNote error={failure} />}
			{state === "stopped" && (
				<EmptyState title="Cancelled">
					No answer was kept. Start again asks both models from the first problem on.
				</EmptyState>
			)}
			{result.success && <PairedView paired={result.data} sides={sides} note="greedy answers" />}
			<ConfirmDialog
				open={removing}
				onOpenChange={setRemoving}
				action="Remove"
				object={name}
				consequence="Its answers and tests go. The models, runs and data stay."
				onConfirm={async () => {
					await act("tasks.dismiss");
					goTo(routes.compare());
				}}
			/>
		</>
	);
}

function Progress({ task: { state, phase, done, total, secondsLeft } }: { task: TaskState }) {
	return (
		<div className={styles.progress}>
			<ProgressBar label="Answers" value={total === null ? undefined : done} max={total ?? 1} />
			<div>
				<span>{state === "queued" ? "Waits in the queue" : (phase ?? "Loading the models")}</span>
				{total !== null && (
					<span>
						<b>{format.count(done)}</b> of {format.count(total)}
					</span>
				)}
				{secondsLeft !== null && (
					<span>
						<b>{format.duration(1000 * secondsLeft)}</b> left, done{" "}
						{format.clock(Date.now() + 1000 * secondsLeft)}
					</span>
				)}
			</div>
		</div>
	);
}
