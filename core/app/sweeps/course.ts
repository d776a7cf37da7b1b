import { z } from "zod";
import { type SweepEvent, sweepEventSchema } from "../../contract/sweep.ts";

/** A line of `sweep-events.jsonl`. */
export const timedSweepEventSchema = sweepEventSchema.and(z.object({ time: z.iso.datetime() }));

/** What a sweep's events say of its course and of its runs. */
export class Course {
	readonly training = new Set<string>();
	readonly finished = new Map<string, number>();
	readonly failed = new Map<string, string>();
	readonly cut = new Set<string>();
	/** Null until it has ended once; a resume opens it again. */
	ended: "completed" | "stopped" | null = null;
	endedAt: number | null = null;
	begun = false;
	#alive: Set<string> | null = null;

	apply(event: SweepEvent, time: number): void {
		switch (event.type) {
			case "sweep-started":
				this.begun = true;
				this.ended = null;
				this.endedAt = null;
				this.training.clear();
				return;
			case "trial-started":
				this.training.add(event.trial);
				// A resume tries again what may go better; what diverged is not started again and stays failed.
				this.failed.delete(event.trial);
				return;
			case "trial-finished":
				this.training.delete(event.trial);
				this.finished.set(event.trial, event.steps);
				return;
			case "trial-failed":
				this.training.delete(event.trial);
				if (!event.again) this.failed.set(event.trial, event.error);
				return;
			case "rung-finished":
				this.#cutTo(event.goOn);
				return;
			case "test-started":
				return;
			case "sweep-finished":
				this.training.clear();
				this.ended = event.reason;
				this.endedAt = time;
		}
	}

	/** Those that were compared at a rung and do not go on. */
	#cutTo(goOn: readonly string[]): void {
		const before = this.#alive ?? new Set(this.finished.keys());
		for (const trial of before) if (!goOn.includes(trial)) this.cut.add(trial);
		this.#alive = new Set(goOn);
	}
}
