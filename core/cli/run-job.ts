import type { EngineEvent } from "../contract/events.ts";
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
	let preparing = false;
	const onEvent = (event: EngineEvent) => {
		if (event.type === "phase") preparing = event.phase === "prepare";
		reporter.event(event);
	};
	const job = startJob<K>(spec, { onEvent });
	let asked = false;
	const release = onInterrupt(() => {
		// An export writes without a pause in which it could hear the first; it leaves nothing to finish.
		if (asked || spec.kind === "export") return job.kill();
		asked = true;
		// ONNX Runtime hears nothing while it prepares a graph, which takes minutes for a deep model.
		const when = preparing ? "stopping once the graph is prepared" : "stopping in good order";
		reporter.line(`${when}; press Ctrl-C again to end at once`);
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
