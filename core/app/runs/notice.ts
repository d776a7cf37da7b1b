import type { Push } from "../../contract/api.ts";
import type { RunSummary } from "../../contract/api-runs.ts";
import type { Failure } from "../../contract/error-body.ts";

type Notice = Extract<Push, { type: "notice" }>;

/** What to tell of a run that has ended; null for one that the user ended. */
export function runNotice(run: RunSummary): Notice | null {
	const route = `/runs/${encodeURIComponent(run.id)}`;
	if (run.state === "completed") {
		return { type: "notice", level: "good", title: `${run.name} finished`, text: outcome(run), route };
	}
	if (run.state !== "failed") return null;
	const text = run.failure === null ? "It ended without a word." : failureText(run.failure);
	return { type: "notice", level: "bad", title: `${run.name} failed`, text, route };
}

export function failureText(failure: Failure): string {
	return failure.kind === "expected" ? failure.error.message : `A bug: ${failure.message}`;
}

function outcome({ bestAccuracy, baseAccuracy, bestStep, step }: RunSummary): string {
	if (bestAccuracy === null) return `${step} steps.`;
	const before = baseAccuracy === null ? "" : `, ${percent(baseAccuracy)} before`;
	return `${percent(bestAccuracy)} of the held-out problems solved at step ${bestStep ?? step}${before}.`;
}

function percent(share: number): string {
	return `${(100 * share).toFixed(1)} %`;
}
