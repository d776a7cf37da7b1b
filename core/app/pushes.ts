/** Least time between two pushes of one run, sweep or task while it only counts on. */
const INTERVAL_MS = 500;

/** Spares windows: what only counts on is told twice a second at most, everything else at once. */
export class SummaryPushes {
	readonly #push: (id: string) => void;
	readonly #pending = new Map<string, NodeJS.Timeout>();

	constructor(push: (id: string) => void) {
		this.#push = push;
	}

	now(id: string): void {
		clearTimeout(this.#pending.get(id));
		this.#pending.delete(id);
		this.#push(id);
	}

	soon(id: string): void {
		if (this.#pending.has(id)) return;
		this.#pending.set(
			id,
			setTimeout(() => this.now(id), INTERVAL_MS),
		);
	}

	close(): void {
		for (const timer of this.#pending.values()) clearTimeout(timer);
		this.#pending.clear();
	}
}
