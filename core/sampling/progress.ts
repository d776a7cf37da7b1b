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
			const elapsed = (now - this.started) / 1000;
			const here = done - this.before;
			const secondsLeft = here <= 0 ? null : (elapsed / here) * (total - done);
			this.context.emit({ type: "progress", phase: this.phase, done, total, secondsLeft });
		}
		await this.context.yieldToEventLoop();
		await this.context.paused();
	}
}
