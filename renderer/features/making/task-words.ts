import type { TaskState } from "../../../core/contract/api-tasks.ts";
import { jobResultSchemas } from "../../../core/contract/jobs.ts";
import type { Tone } from "../../app/words.ts";
import * as format from "../../ui/format.ts";

export const TASK_STATES: Record<TaskState["state"], { label: string; tone: Tone }> = {
	queued: { label: "Queued", tone: "neutral" },
	running: { label: "Making", tone: "good" },
	stopping: { label: "Stopping", tone: "neutral" },
	completed: { label: "Done", tone: "neutral" },
	stopped: { label: "Cancelled", tone: "neutral" },
	failed: { label: "Failed", tone: "bad" },
};

/** What goes on, or what came of it. */
export function taskText(task: TaskState): string {
	switch (task.state) {
		case "queued":
			return "Waits in the queue";
		case "stopping":
			return "Finishes the batch at work";
		case "running": {
			const { phase, done, total, secondsLeft } = task;
			const amount = total === null ? "" : `, ${format.count(done)} of ${format.count(total)}`;
			const left = secondsLeft === null ? "" : `, ${format.duration(1000 * secondsLeft)} left`;
			return `${phase ?? "Starting"}${amount}${left}`;
		}
		case "completed":
			return resultText(task);
		case "stopped":
			return canGoOn(task) ? "What was done is kept; going on takes it up." : "Nothing was kept.";
		case "failed":
			return "";
	}
}

/** Whether another try takes up what the last one wrote. */
export function canGoOn({ spec }: TaskState): boolean {
	return spec.kind === "generate" || spec.kind === "process-scores";
}

function resultText({ spec, result }: TaskState): string {
	if (spec.kind === "generate") {
		const { data } = jobResultSchemas.generate.safeParse(result);
		if (!data) return "";
		const parts = [
			`${format.plural(data.responses, "response")} to ${format.plural(data.prompts, "prompt")}`,
			data.correct === null ? "" : `${format.count(data.correct)} correct`,
			data.duplicates > 0 ? `${format.plural(data.duplicates, "duplicate")} left out` : "",
			data.truncated > 0 ? `${format.count(data.truncated)} cut at the length limit` : "",
			data.skippedPrompts > 0 ? `${format.plural(data.skippedPrompts, "prompt")} too long` : "",
		];
		return parts.filter(Boolean).join(", ");
	}
	if (spec.kind === "grade") {
		const { data } = jobResultSchemas.grade.safeParse(result);
		return data ? `${format.count(data.correct)} of ${format.plural(data.graded, "response")} correct` : "";
	}
	if (spec.kind === "pairs") {
		const { data } = jobResultSchemas.pairs.safeParse(result);
		return data ? `${format.plural(data.pairs, "pair")} of ${format.count(data.possible)} possible` : "";
	}
	if (spec.kind === "process-scores") {
		const { data } = jobResultSchemas["process-scores"].safeParse(result);
		if (!data) return "";
		const wrong = data.responses - data.correct;
		const what = `${format.plural(data.responses, "response")} in ${format.plural(data.segments, "step")}`;
		return wrong === 0
			? `${what}, all correct`
			: `${what}, ${format.count(data.recovered)} of ${format.count(wrong)} wrong ones begin well`;
	}
	if (spec.kind === "split") {
		const { data } = jobResultSchemas.split.safeParse(result);
		return data?.parts.map(({ name, rows }) => `${name} ${format.plural(rows, "row")}`).join(", ") ?? "";
	}
	return "";
}
