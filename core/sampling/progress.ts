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

	constructor(context: JobContext, phase: JobPhase) {
		this.context = context;
		this.phase = phase;
		context.emit({ type: "phase", phase });
	}

	async report(done: number, total: number): Promise<void> {
		const now = performance.now();
		if (now - this.last >= INTERVAL_MS || done === total) {
			this.last = now;
			const elapsed = (now - this.started) / 1000;
			const secondsLeft = done === 0 ? null : (elapsed / done) * (total - done);
			this.context.emit({ type: "progress", phase: this.phase, done, total, secondsLeft });
		}
		await this.context.yieldToEventLoop();
		await this.context.paused();
	}
}
