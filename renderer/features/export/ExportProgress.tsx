import type { TaskState } from "../../../core/contract/api-tasks.ts";
import { format, ProgressBar } from "../../ui/index.ts";
import styles from "./Export.module.css";

/** What the export is busy with, and the time left while weights are written. */
export function ExportProgress({ task: { state, phase, done, total, secondsLeft } }: { task: TaskState }) {
	return (
		<div className={styles.progress}>
			<ProgressBar label="Export" value={total === null ? undefined : done} max={total ?? 1} />
			<div>
				<span>{state === "queued" ? "Waits in the queue" : (phase ?? "Opening the checkpoint")}</span>
				{total !== null && (
					<span>
						<b>{format.bytes(done)}</b> of {format.bytes(total)}
					</span>
				)}
				{secondsLeft !== null && (
					<span>
						<b>{format.duration(1000 * secondsLeft)}</b> left
					</span>
				)}
			</div>
			<p>Cancelling removes what was written until then. The run and its checkpoints stay as they are.</p>
		</div>
	);
}
