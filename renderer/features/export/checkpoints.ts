import type { RunDetail } from "../../../core/contract/api-runs.ts";
import * as format from "../../ui/format.ts";
import type { SelectOption } from "../../ui/index.ts";
import type { Checkpoint } from "./useFormats.ts";

/** A run's checkpoints to choose from: the best and the last by name, then every one by its step, newest first. */
export function checkpointOptions({
	summary,
	checkpoints,
}: Pick<RunDetail, "summary" | "checkpoints">): SelectOption<string>[] {
	const steps = checkpoints.toSorted((a, b) => b.step - a.step);
	const best = steps.find((one) => one.best);
	const last = steps[0];
	const accuracy =
		summary.bestAccuracy === null
			? "Best on held-out problems"
			: `${format.percent(summary.bestAccuracy)} held-out`;
	const options: SelectOption<string>[] = [];
	if (best) options.push({ value: "best", label: `Best, step ${format.count(best.step)}`, detail: accuracy });
	if (last)
		options.push({ value: "last", label: `Last, step ${format.count(last.step)}`, detail: "The newest" });
	for (const { step, savedAt } of steps)
		options.push({
			value: String(step),
			label: `Step ${format.count(step)}`,
			detail: `Saved ${format.clock(savedAt)}`,
		});
	return options;
}

/** A checkpoint as its option is called, and back. */
export function toCheckpoint(value: string): Checkpoint {
	return value === "best" || value === "last" ? value : Number(value);
}
