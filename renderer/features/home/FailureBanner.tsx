import type { RunSummary } from "../../../core/contract/api-runs.ts";
import { call } from "../../api/index.ts";
import { goTo, routes } from "../../app/navigation.ts";
import { messageOf } from "../../app/store.ts";
import { Banner, Button, toast } from "../../ui/index.ts";

/** The newest run, where it failed: why, what is safe, and the way on. */
export function FailureBanner({ runs }: { runs: readonly RunSummary[] }) {
	const [run] = runs;
	if (!run || (run.state !== "failed" && run.state !== "interrupted")) return null;
	const { failure } = run;
	const why =
		failure === null
			? "Its process ended without a word: the app or the machine went down."
			: failure.kind === "expected"
				? `${failure.error.message} ${failure.error.hint}`
				: `${failure.message}. It is a bug in DQO Studio.`;
	const safe = run.lastSavedStep === null ? "" : ` Step ${run.lastSavedStep} is saved.`;
	const resume = async () => {
		try {
			await call("runs.resume", { id: run.id });
			goTo(routes.run(run.id));
		} catch (error) {
			toast({ tone: "bad", title: `${run.name} was not resumed`, detail: messageOf(error) });
		}
	};
	return (
		<Banner
			tone={run.state === "failed" ? "bad" : "warn"}
			title={`${run.name} ${run.state === "failed" ? "failed" : "was interrupted"} at step ${run.step}.`}
			action={
				run.canResume ? (
					<Button onClick={resume}>Resume</Button>
				) : (
					<Button onClick={() => goTo(routes.run(run.id))}>Open</Button>
				)
			}
		>
			{why}
			{safe}
		</Banner>
	);
}
