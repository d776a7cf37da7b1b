import type { JobKind, JobResult, JobSpec, SpecOf } from "../contract/jobs.ts";
import { startJob } from "../engine/supervisor.ts";
import type { CommandContext } from "./command.ts";

/**
 * Runs a job in its own process and shows its events. The first Ctrl-C asks it to stop in good order (it resolves with
 * reason `stopped`), the second ends it at once (AppError `cancelled`).
 */
export async function runJob<K extends JobKind>(
	spec: JobSpec & SpecOf<K>,
	{ reporter, onInterrupt }: CommandContext,
): Promise<JobResult<K>> {
	const job = startJob<K>(spec, { onEvent: (event) => reporter.event(event) });
	let asked = false;
	const release = onInterrupt(() => {
		// An export writes without a pause in which it could hear the first; it leaves nothing to finish.
		if (asked || spec.kind === "export") return job.kill();
		asked = true;
		reporter.line("stopping in good order; press Ctrl-C again to end at once");
		job.stop();
	});
	try {
		return await job.result;
	} finally {
		release();
		reporter.clear();
	}
}

/** The exit code of a job that ended in good order. */
export function exitCodeOf(result: { reason: "completed" | "stopped" }): number {
	return result.reason === "completed" ? 0 : 130;
}
