import { existsSync, statSync } from "node:fs";
import { type EventBody, eventBodySchema } from "../../contract/events.ts";
import type { JobContext } from "../../contract/job.ts";

/** A host that records what a job says, and asks it to stop once `stopAfter` progress events have come. */
export function recordingContext(stopAfter = Infinity): { context: JobContext; events: EventBody[] } {
	const events: EventBody[] = [];
	const context: JobContext = {
		emit: (event) => void events.push(eventBodySchema.parse(event)),
		stopRequested: () => events.filter(({ type }) => type === "progress").length >= stopAfter,
		takeCheckpointRequested: () => false,
		paused: () => Promise.resolve(),
		yieldToEventLoop: () => new Promise((resolve) => setImmediate(resolve)),
	};
	return { context, events };
}

/** A host that asks the job to stop, once it has written rows, at the `calls`-th time it is asked. */
export function stoppingContext(outPath: string, calls: number): JobContext {
	const partial = `${outPath}.partial`;
	let asked = 0;
	return {
		...recordingContext().context,
		stopRequested: () => existsSync(partial) && statSync(partial).size > 0 && ++asked >= calls,
	};
}
