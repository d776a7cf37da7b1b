import type { Push } from "../contract/api.ts";
import { AppError } from "../contract/errors.ts";

type Changed = Extract<Push, { type: "changed" }>["topic"];

/** Least time between two `changed` messages of one topic, milliseconds. */
const CHANGED_INTERVAL_MS = 250;

/** Tells every window what happened; windows come and go. */
export class Hub {
	readonly #listeners = new Set<(push: Push) => void>();
	readonly #pending = new Map<Changed, NodeJS.Timeout>();
	readonly #last = new Map<Changed, number>();

	/** Returns a function that ends the subscription. */
	subscribe(listener: (push: Push) => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	push(push: Push): void {
		for (const listener of this.#listeners) listener(push);
	}

	/** Says that a list differs, at most four times a second; the last change is always told. */
	changed(topic: Changed): void {
		if (this.#pending.has(topic)) return;
		const since = Date.now() - (this.#last.get(topic) ?? 0);
		const timer = setTimeout(
			() => {
				this.#pending.delete(topic);
				this.#last.set(topic, Date.now());
				this.push({ type: "changed", topic });
			},
			Math.max(0, CHANGED_INTERVAL_MS - since),
		);
		this.#pending.set(topic, timer);
	}

	/** Writes what work must not end for: a list that cannot be written, as on a full disk, is told of and no more. */
	saveOrTell(what: string, write: () => void): void {
		try {
			write();
		} catch (error) {
			if (!(error instanceof AppError)) throw error;
			const title = `${what} could not be saved`;
			this.push({ type: "notice", level: "bad", title, text: error.message, route: null });
		}
	}

	close(): void {
		for (const timer of this.#pending.values()) clearTimeout(timer);
		this.#pending.clear();
		this.#listeners.clear();
	}
}
