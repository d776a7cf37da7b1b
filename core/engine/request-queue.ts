import type { PlaygroundRequest } from "../contract/playground.ts";

/** Requests that wait for a job to take them, one at a time. */
export class RequestQueue implements AsyncIterable<PlaygroundRequest> {
	#waiting: PlaygroundRequest[] = [];
	#cancelled = new Set<string>();
	#closed = false;
	#wake = () => {};

	add(request: PlaygroundRequest): void {
		this.#cancelled.delete(request.requestId);
		this.#waiting.push(request);
		this.#wake();
	}

	/** The job hears of it when it asks: one that waits is still given out, so that it is answered as cancelled. */
	cancel(requestId: string): void {
		this.#cancelled.add(requestId);
	}

	isCancelled(requestId: string): boolean {
		return this.#cancelled.has(requestId);
	}

	/** What waits is dropped, and the iteration ends. */
	close(): void {
		this.#closed = true;
		this.#wake();
	}

	async *[Symbol.asyncIterator](): AsyncIterator<PlaygroundRequest> {
		while (!this.#closed) {
			const next = this.#waiting.shift();
			if (next !== undefined) yield next;
			else {
				await new Promise<void>((resolve) => {
					this.#wake = resolve;
				});
			}
		}
	}
}
