import type { TaskState } from "../../../core/contract/api-tasks.ts";
import { call } from "../../api/index.ts";
import { routes } from "../../app/navigation.ts";
import { messageOf, useStudio } from "../../app/store.ts";
import { Button, ButtonLink, Card, ErrorNote, Pill, ProgressBar, toast } from "../../ui/index.ts";
import { isMakingSpec } from "./kinds.ts";
import styles from "./Making.module.css";
import { canGoOn, TASK_STATES, taskText } from "./task-words.ts";

/** What is being made of a data set, or of any, and what ended and was not yet dismissed. */
export function MakingTasks({ dataId }: { dataId?: string | undefined }) {
	const tasks = useStudio((state) => state.tasks);
	const shown = (tasks ?? []).filter(
		({ spec }) => isMakingSpec(spec) && (dataId === undefined || spec.dataId === dataId),
	);
	if (shown.length === 0) return null;
	return (
		<Card title={dataId === undefined ? "Data sets in the making" : "Made from here"} flush>
			<ul className={styles.tasks}>
				{shown.map((task) => (
					<Task key={task.id} task={task} />
				))}
			</ul>
		</Card>
	);
}

function Task({ task }: { task: TaskState }) {
	const { id, name, state, failure, done, total } = task;
	const data = useStudio((studio) => studio.data);
	const made = (data ?? []).filter((entry) => task.dataIds.includes(entry.id));
	const { label, tone } = TASK_STATES[state];
	const act = (method: "tasks.cancel" | "tasks.retry" | "tasks.dismiss") =>
		call(method, { id }).catch((error: unknown) =>
			toast({ tone: "bad", title: `${name} was not changed`, detail: messageOf(error) }),
		);
	const atWork = state === "queued" || state === "running" || state === "stopping";
	const ended = state === "failed" || state === "stopped";
	return (
		<li className={styles.task}>
			<div className={styles.line}>
				<b title={name}>{name}</b>
				<Pill tone={tone} dot={state === "running"}>
					{label}
				</Pill>
				<span className={styles.words} role={atWork ? undefined : "status"}>
					{taskText(task)}
				</span>
				<div className={styles.buttons}>
					{made.map((entry) => (
						<ButtonLink key={entry.id} size="sm" href={`#${routes.data(entry.id)}`}>
							Open {made.length === 1 ? "data set" : entry.name.split(", ").at(-1)}
						</ButtonLink>
					))}
					{atWork && (
						<Button size="sm" aria-label={`Cancel ${name}`} onClick={() => void act("tasks.cancel")}>
							{state === "stopping" ? "End now" : "Cancel"}
						</Button>
					)}
					{ended && (
						<Button size="sm" onClick={() => void act("tasks.retry")}>
							{canGoOn(task) && state === "stopped" ? "Go on" : "Retry"}
						</Button>
					)}
					{!atWork && (
						<Button
							size="sm"
							variant="quiet"
							aria-label={`Dismiss ${name}`}
							onClick={() => void act("tasks.dismiss")}
						>
							Dismiss
						</Button>
					)}
				</div>
			</div>
			{(state === "running" || state === "stopping") && (
				<ProgressBar label={name} value={total === null ? undefined : done} max={total ?? 1} />
			)}
			{failure !== null && <ErrorNote error={failure} />}
		</li>
	);
}
