import type { SweepDetail } from "../../../core/contract/api-sweeps.ts";
import { routes } from "../../app/navigation.ts";
import { Banner, ButtonLink, EmptyState, ErrorNote, format } from "../../ui/index.ts";

/** What stands in the way of a sweep, what is safe, and what to do. */
export function SweepBanner({ detail: { summary, trials, notes } }: { detail: SweepDetail }) {
	const { state, failure, failed, total } = summary;
	const done = trials.filter(({ status }) => status === "finished" || status === "cut").length;
	const safe =
		done === 0
			? "Nothing was trained to its end yet."
			: `${format.plural(done, "run")} of ${format.count(total)} are done and safe.`;
	const firstFailed = trials.find(({ status }) => status === "failed");
	const errors = [...new Set(trials.flatMap(({ error }) => (error === null ? [] : [error])))];
	return (
		<>
			{failure !== null && <ErrorNote error={failure} />}
			{state === "failed" && (
				<Banner tone="bad" title="The sweep ended with an error.">
					{safe} Resume goes on with the others.
				</Banner>
			)}
			{state === "interrupted" && (
				<Banner tone="warn" title="The sweep was cut off: the app or the machine went down.">
					{safe} Resume goes on from the last checkpoint of each run to the same best.
				</Banner>
			)}
			{state === "stopped" && total > 0 && (
				<Banner title="Stopped.">{safe} Resume goes on from the last checkpoint of each run.</Banner>
			)}
			{failed > 0 && (
				<Banner
					tone="bad"
					title={
						failed === total
							? `All ${format.plural(total, "run")} failed.`
							: `${format.plural(failed, "run")} failed.`
					}
					action={
						firstFailed && (
							<ButtonLink href={`#${routes.train({ run: firstFailed.runId })}`}>
								Train with other values
							</ButtonLink>
						)
					}
				>
					{errors[0]}
					{errors.length > 1 && ` ${format.count(errors.length - 1)} other reasons are in the leaderboard.`}
				</Banner>
			)}
			{state === "running" && notes.length > 0 && <Banner plain>{notes.join(" ")}</Banner>}
			{trials.length === 0 && state !== "failed" && state !== "unreadable" && (
				<EmptyState
					title={
						state === "queued"
							? "The sweep waits in the queue"
							: state === "stopped"
								? "Nothing was trained yet"
								: "Planning the runs"
					}
				>
					{state === "queued"
						? "It starts by itself when what is before it has ended. Its runs, the heatmap and the leaderboard appear here then."
						: state === "stopped"
							? "Resume puts it back into the queue."
							: "Reading the data and counting the steps of every run. The first run starts right after."}
				</EmptyState>
			)}
		</>
	);
}
