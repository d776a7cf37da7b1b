import { type ApiHandlers, api, fromWindowSchema, type ToWindow } from "../contract/api.ts";
import type { EngineEvent } from "../contract/events.ts";
import type { Hub } from "./hub.ts";
import { answer } from "./router.ts";

/** Streams a run's events after a sequence number, in order without gaps; returns a function that ends it. */
export type WatchRun = (
	runId: string,
	after: number,
	listener: (events: readonly EngineEvent[]) => void,
) => () => void;

export interface WindowOptions {
	readonly handlers: ApiHandlers;
	readonly hub: Hub;
	readonly watchRun: WatchRun;
	readonly send: (message: ToWindow) => void;
}

/** One window's side of the conversation, whatever carries it: Electron's channel or a WebSocket. */
export class WindowSession {
	readonly #options: WindowOptions;
	readonly #watched = new Map<string, () => void>();
	readonly #unsubscribe: () => void;
	/** Playground sessions that this window opened; their models need not stay loaded without it. */
	readonly #sessions = new Set<string>();
	#closed = false;

	constructor(options: WindowOptions) {
		this.#options = options;
		this.#unsubscribe = options.hub.subscribe((push) => this.#send({ type: "push", push }));
	}

	/** Takes a message from the window; one that breaks the contract is answered with an error where it can be. */
	async receive(raw: unknown): Promise<void> {
		const parsed = fromWindowSchema.safeParse(raw);
		// Without a valid id there is no call to answer, and a page that speaks nonsense is owed nothing.
		if (!parsed.success) return;
		const message = parsed.data;
		if (message.type === "watch") return this.#watch(message.runId, message.after);
		const reply = await answer(this.#options.handlers, message.method, message.input);
		if (reply.ok && message.method === "playground.open") this.#opened(reply.output);
		if (reply.ok) this.#send({ type: "result", id: message.id, output: reply.output });
		else this.#send({ type: "error", id: message.id, failure: reply.failure });
	}

	close(): void {
		this.#closed = true;
		this.#unsubscribe();
		for (const end of this.#watched.values()) end();
		this.#watched.clear();
		for (const sessionId of this.#sessions) this.#closeSession(sessionId);
	}

	#opened(output: unknown): void {
		const { sessionId } = api["playground.open"].output.parse(output);
		if (this.#closed) this.#closeSession(sessionId);
		else this.#sessions.add(sessionId);
	}

	#closeSession(sessionId: string): void {
		void answer(this.#options.handlers, "playground.close", { sessionId });
	}

	#watch(runId: string, after: number | null): void {
		this.#watched.get(runId)?.();
		this.#watched.delete(runId);
		if (after === null) return;
		const end = this.#options.watchRun(runId, after, (events) =>
			this.#send({ type: "push", push: { type: "run-events", id: runId, events: [...events] } }),
		);
		this.#watched.set(runId, end);
	}

	#send(message: ToWindow): void {
		if (!this.#closed) this.#options.send(message);
	}
}
