import type { TaskState } from "../../../core/contract/api-tasks.ts";
import { type ExportResult, exportResultSchema } from "../../../core/contract/jobs.ts";
import type { Tone } from "../../app/words.ts";

/** What an export wrote and how it compares; null until it is over, and where it did not come to an end. */
export function resultOf({ result }: TaskState): ExportResult | null {
	return exportResultSchema.safeParse(result).data ?? null;
}

const STATES: Record<TaskState["state"], { label: string; tone: Tone }> = {
	queued: { label: "Queued", tone: "neutral" },
	running: { label: "Exporting", tone: "good" },
	stopping: { label: "Stopping", tone: "neutral" },
	completed: { label: "Finished", tone: "neutral" },
	stopped: { label: "Cancelled", tone: "neutral" },
	failed: { label: "Failed", tone: "bad" },
};

/** An export's state in a word: once written, whether it is verified. */
export function stateOf(task: TaskState): { label: string; tone: Tone } {
	const result = resultOf(task);
	if (result === null) return STATES[task.state];
	return result.verified ? { label: "Verified", tone: "good" } : { label: "Unverified", tone: "warn" };
}
