import type { RunDetail, RunSummary } from "../../../core/contract/api-runs.ts";
import { routes } from "../../app/navigation.ts";
import { Banner, Button, ButtonLink, describeError, format } from "../../ui/index.ts";
import { control, resume } from "./control.ts";

/** What the user should know of the run now: paused, failed, interrupted, or done, each with the next step. */
export function RunBanner({ summary, config }: { summary: RunSummary; config: RunDetail["config"] }) {
	const { id, state, failure, step, lastSavedStep, bestStep, bestAccuracy, canResume } = summary;
	const safe =
		lastSavedStep === null
			? "No checkpoint was written yet."
			: `Step ${format.count(lastSavedStep)} is saved.`;
	if (state === "paused")
		return (
			<Banner
				title="Paused"
				action={
					<Button kbd="P" onClick={() => control(id, "continue")}>
						Resume
					</Button>
				}
			>
				at step {format.count(step)}. Nothing is lost; its memory stays taken until it goes on or is stopped.
			</Banner>
		);
	if (state === "stopping" && step > (lastSavedStep ?? 0))
		return (
			<Banner title="Stopping">
				after the computation at hand, which ONNX Runtime does not interrupt; then step {format.count(step)}{" "}
				is saved. More actions has End at once.
			</Banner>
		);
	if (state === "failed" || state === "interrupted" || state === "unreadable") {
		const { title, hint } = failure
			? describeError(failure)
			: { title: "Its process ended without a word: the app or the machine went down.", hint: "" };
		const outOfMemory =
			failure?.kind === "expected" &&
			(failure.error.code === "out-of-memory" || isKilled(failure.error.details));
		const half = config && outOfMemory ? Math.floor(config.microTokens / 2) : null;
		return (
			<Banner
				tone={state === "interrupted" ? "warn" : "bad"}
				title={title}
				action={
					canResume && (
						<>
							{half !== null && half >= 128 && (
								<Button onClick={() => resume(id, { microTokens: half })}>
									Resume with {format.count(half)} tokens at once
								</Button>
							)}
							<Button onClick={() => resume(id)}>Resume</Button>
						</>
					)
				}
			>
				{hint} {safe}
			</Banner>
		);
	}
	if (state === "stopped")
		return (
			<Banner title="Stopped" action={canResume && <Button onClick={() => resume(id)}>Resume</Button>}>
				at step {format.count(step)}. {safe}
			</Banner>
		);
	if (state === "completed" && bestStep !== null)
		return (
			<Banner
				tone="good"
				title={
					bestAccuracy === null
						? "Finished."
						: `Best checkpoint: step ${format.count(bestStep)}, ${format.percent(bestAccuracy)}.`
				}
				action={
					<>
						<ButtonLink href={`#${routes.playground({ run: id })}`}>Try it</ButtonLink>
						<ButtonLink variant="primary" href={`#${routes.export(id)}`}>
							Export
						</ButtonLink>
					</>
				}
			>
				Chosen on held-out problems.
			</Banner>
		);
	return null;
}

/** Whether the details of a crash say that the system took the process for its memory. */
function isKilled(details: unknown): boolean {
	return (
		typeof details === "object" &&
		details !== null &&
		"reason" in details &&
		details.reason === "out-of-memory"
	);
}
