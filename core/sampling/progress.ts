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
	private readonly pace = new Pace();
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
			const left = this.pace.secondsLeft(done - this.before, total - done);
			this.context.emit({ type: "progress", phase: this.phase, done, total, secondsLeft: left });
		}
		await this.context.yieldToEventLoop();
		await this.pace.outside(() => this.context.paused());
	}
}

/** How fast work goes, pauses not counted. */
export class Pace {
	private started = performance.now();

	/** Waits for something that is no work. */
	async outside<T>(wait: () => Promise<T>): Promise<T> {
		const before = performance.now();
		try {
			return await wait();
		} finally {
			this.started += performance.now() - before;
		}
	}

	/** Seconds of work so far. */
	get seconds(): number {
		return (performance.now() - this.started) / 1000;
	}

	/** Seconds that `left` takes at the pace of what is done; null before the first is. */
	secondsLeft(done: number, left: number): number | null {
		return done <= 0 ? null : (this.seconds / done) * left;
	}
}
