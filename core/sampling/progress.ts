import type { JobPhase } from "../contract/events.ts";
import type { JobContext } from "../contract/job.ts";

/** Events this close together would say nothing new. */
const INTERVAL_MS = 500;

/**
 * Reports how far a phase is, at most twice a second, with the time left at the pace so far. Between two runs of the graph
 * it lets messages arrive and waits out a pause.
 */
export class ProgressReporter {
	private readonly context: JobContext;
	private readonly phase: JobPhase;
	private readonly started = performance.now();
	private last = -Infinity;
	private readonly before: number;

	/** `before` is what an earlier job did already; it says nothing about this one's pace. */
	constructor(context: JobContext, phase: JobPhase, before = 0) {
		this.context = context;
		this.phase = phase;
		this.before = before;
		context.emit({ type: "phase", phase });
	}

	async report(done: number, total: number): Promise<void> {
		const now = performance.now();
		if (now - this.last >= INTERVAL_MS || done === total) {
			this.last = now;
			const left = secondsLeft(this.started, done - this.before, total - done);
			this.context.emit({ type: "progress", phase: this.phase, done, total, secondsLeft: left });
		}
		await this.context.yieldToEventLoop();
		await this.context.paused();
	}
}

/** Time that `left` takes at the pace of the `done` made since `started` (of `performance.now()`); null before the first. */
export function secondsLeft(started: number, done: number, left: number): number | null {
	return done <= 0 ? null : ((performance.now() - started) / 1000 / done) * left;
}
