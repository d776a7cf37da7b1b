import type { JobPhase } from "../contract/events.ts";
import type { JobContext } from "../contract/job.ts";

/** What a run is busy with; told when it changes. */
export class Phases {
	readonly #emit: JobContext["emit"];
	#at: JobPhase | null = null;

	constructor(emit: JobContext["emit"]) {
		this.#emit = emit;
	}

	get at(): JobPhase | null {
		return this.#at;
	}

	enter(phase: JobPhase): void {
		if (this.#at === phase) return;
		this.#at = phase;
		this.#emit({ type: "phase", phase });
	}

	/** Does something that is a phase of its own within another, and goes back to that. */
	readonly preparing = async <T>(build: () => Promise<T>): Promise<T> => {
		const before = this.#at;
		this.enter("prepare");
		const built = await build();
		if (before !== null) this.enter(before);
		return built;
	};
}
