import { demoResultSchema, type TaskState } from "../../../core/contract/api-tasks.ts";
import { call } from "../../api/index.ts";
import { routes } from "../../app/navigation.ts";
import { messageOf } from "../../app/store.ts";
import {
	Button,
	ButtonLink,
	Card,
	ErrorNote,
	format,
	Pill,
	ProgressBar,
	Stat,
	toast,
} from "../../ui/index.ts";
import styles from "./Home.module.css";

/** The quick start while it goes on, and what it showed. */
export function DemoCard({ task }: { task: TaskState }) {
	const result = demoResultSchema.safeParse(task.result).data;
	const atWork = task.state === "queued" || task.state === "running" || task.state === "stopping";
	const { before = null, after = null } = result ?? {};
	return (
		<Card
			title="The starter"
			note="a small built-in model, its own samples, DQO"
			actions={
				<>
					{atWork ? (
						<Pill tone="good" dot>
							At work
						</Pill>
					) : (
						<Pill>{task.state === "completed" ? "Finished" : "Ended"}</Pill>
					)}
					{task.runId !== null && (
						<ButtonLink size="sm" href={`#${routes.run(task.runId)}`}>
							Open the run
						</ButtonLink>
					)}
					{atWork ? (
						<Button size="sm" onClick={() => act("tasks.cancel", task.id)}>
							Cancel
						</Button>
					) : (
						<Button size="sm" variant="quiet" onClick={() => act("tasks.dismiss", task.id)}>
							Dismiss
						</Button>
					)}
				</>
			}
		>
			<div className={styles.demo}>
				{atWork && (
					<>
						<p>
							{task.phase ?? "Starting"}
							{task.secondsLeft === null ? "" : `, ${format.duration(task.secondsLeft * 1000)} left`}
						</p>
						<ProgressBar
							label="The starter’s progress"
							value={task.total === null ? undefined : task.done}
							max={task.total ?? 1}
						/>
					</>
				)}
				{task.failure !== null && <ErrorNote error={task.failure} />}
				{before && (
					<>
						<div className={styles.demoNumbers}>
							<Stat size="lg" label="Before" value={format.fixed(before.accuracy * 100, 1)} unit="%" />
							{after && (
								<>
									<Stat size="lg" label="After DQO" value={format.fixed(after.accuracy * 100, 1)} unit="%" />
									<Stat
										size="lg"
										tone="good"
										label="Gain"
										value={format.signed((after.accuracy - before.accuracy) * 100, 1)}
										unit="points"
									/>
								</>
							)}
						</div>
						<p>
							On {format.count(before.n)} problems that it never saw. The starter’s habits were planted, so
							that there is something to unlearn: it shows that everything works, not what your model gains.
						</p>
					</>
				)}
			</div>
		</Card>
	);
}

async function act(method: "tasks.cancel" | "tasks.dismiss", id: string): Promise<void> {
	try {
		await call(method, { id });
	} catch (error) {
		toast({ tone: "bad", title: "That did not work", detail: messageOf(error) });
	}
}
