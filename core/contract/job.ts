import type { EventBody } from "./events.ts";
import type { JobKind, JobResult, SpecOf } from "./jobs.ts";
import type { PlaygroundReply, PlaygroundRequest } from "./playground.ts";

/** What a running job may ask of its host. The host alone talks to the parent process and to the event file. */
export interface JobContext {
	/** Validates the event, writes it to disk, then sends it. Throws AppError `disk-full` when it cannot be written. */
	emit(event: EventBody): void;
	/** True once a stop was asked for: write a checkpoint and return with reason `stopped`. */
	stopRequested(): boolean;
	/** True once for each request to write a checkpoint now. */
	takeCheckpointRequested(): boolean;
	/** Resolves at once, or after a pause ends (a stop ends a pause too). */
	paused(): Promise<void>;
	/** Lets pending messages arrive; `session.run` blocks the thread, so call it between runs. */
	yieldToEventLoop(): Promise<void>;
}

/** What a job may ask that lives on to answer requests. */
export interface SessionContext extends JobContext {
	/** The requests in the order they came, each as it is asked for; it ends when a stop was asked for. */
	requests(): AsyncIterable<PlaygroundRequest>;
	/** Whether a request is wanted no more. */
	cancelled(requestId: string): boolean;
	/** Validates a reply and sends it. Replies are not written to the event file. */
	reply(reply: PlaygroundReply): void;
}

export type JobFunction<K extends JobKind> = (
	spec: SpecOf<K>,
	context: K extends "playground" ? SessionContext : JobContext,
) => Promise<JobResult<K>>;
export type JobTable = { readonly [K in JobKind]: JobFunction<K> };
