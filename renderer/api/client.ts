import type { ApiInput, ApiMethod, ApiOutput, Bridge, Push, ToWindow } from "../../core/contract/api.ts";
import type { EngineEvent } from "../../core/contract/events.ts";
import { ApiError, connectionLost } from "./api-error.ts";

/** A bridge that may not be connected yet; one that says nothing always is. */
export interface PageBridge extends Bridge {
	readonly connected?: boolean;
}

interface PendingCall {
	resolve(output: unknown): void;
	reject(error: Error): void;
	/** Whether it has left; what waits for the connection does not fail with it. */
	sent: boolean;
}

interface Watcher {
	/** Number of the last event it was given. */
	last: number;
	listener(events: readonly EngineEvent[]): void;
}

type RunEvents = Extract<Push, { type: "run-events" }>;

/** Calls the program behind the window and hears from it, whatever carries the messages. */
export class ApiClient {
	readonly #bridge: PageBridge;
	readonly #calls = new Map<number, PendingCall>();
	readonly #pushListeners = new Set<(push: Push) => void>();
	readonly #connectionListeners = new Set<(connected: boolean) => void>();
	readonly #watchers = new Map<string, Set<Watcher>>();
	#nextId = 1;
	#connected: boolean;

	constructor(bridge: PageBridge) {
		this.#bridge = bridge;
		this.#connected = bridge.connected ?? true;
		bridge.onMessage((message) => this.#receive(message));
		bridge.onConnection((connected) => this.#connection(connected));
	}

	/** Rejects with ApiError when the call failed or the connection was lost while it was under way. */
	call<M extends ApiMethod>(method: M, input: ApiInput<M>): Promise<ApiOutput<M>> {
		const id = this.#nextId++;
		return new Promise((resolve, reject) => {
			// The other side checks every answer against the method's schema before it sends it.
			const done = resolve as (output: unknown) => void;
			this.#calls.set(id, { resolve: done, reject, sent: this.#connected });
			this.#bridge.send({ type: "call", id, method, input });
		});
	}

	/** Called for everything the program tells without being asked; returns a function that ends it. */
	onPush(listener: (push: Push) => void): () => void {
		return subscribe(this.#pushListeners, listener);
	}

	/** Called when the connection goes and when it is back; lists must then be asked for again. */
	onConnection(listener: (connected: boolean) => void): () => void {
		return subscribe(this.#connectionListeners, listener);
	}

	/** Path of a dropped file for `data.add`: its own in Electron, that of the uploaded copy in a browser. */
	pathOf(file: File, onProgress?: (done: number, total: number) => void): Promise<string> {
		return this.#bridge.pathOf(file, onProgress);
	}

	/**
	 * Gives a run's events after a sequence number, each once and in order, also across a lost connection; returns a
	 * function that ends it.
	 */
	watchRun(id: string, after: number, listener: (events: readonly EngineEvent[]) => void): () => void {
		const watcher: Watcher = { last: after, listener };
		const watchers = this.#watchers.get(id) ?? new Set();
		watchers.add(watcher);
		this.#watchers.set(id, watchers);
		this.#watch(id);
		return () => {
			if (!watchers.delete(watcher) || watchers.size > 0) return;
			this.#watchers.delete(id);
			if (this.#connected) this.#bridge.send({ type: "watch", runId: id, after: null });
		};
	}

	/** Asks for a run's stream from where the watcher that has seen least is; the others pass over what they know. */
	#watch(id: string): void {
		const watchers = this.#watchers.get(id);
		if (watchers === undefined || !this.#connected) return;
		const after = Math.min(...[...watchers].map((watcher) => watcher.last));
		this.#bridge.send({ type: "watch", runId: id, after });
	}

	#receive(message: ToWindow): void {
		if (message.type === "push") {
			if (message.push.type === "run-events") this.#deliver(message.push);
			for (const listener of this.#pushListeners) listener(message.push);
			return;
		}
		const pending = this.#calls.get(message.id);
		if (pending === undefined) return;
		this.#calls.delete(message.id);
		if (message.type === "result") pending.resolve(message.output);
		else pending.reject(new ApiError(message.failure));
	}

	/** Events count up by one, so that what does not follow on is of a stream asked for earlier, or known already. */
	#deliver({ id, events }: RunEvents): void {
		for (const watcher of [...(this.#watchers.get(id) ?? [])]) {
			const next: EngineEvent[] = [];
			for (const event of events) {
				if (event.seq !== watcher.last + 1) continue;
				watcher.last = event.seq;
				next.push(event);
			}
			if (next.length > 0) watcher.listener(next);
		}
	}

	#connection(connected: boolean): void {
		this.#connected = connected;
		for (const [id, pending] of this.#calls) {
			if (connected) pending.sent = true;
			else if (pending.sent) {
				this.#calls.delete(id);
				pending.reject(connectionLost());
			}
		}
		if (connected) for (const id of this.#watchers.keys()) this.#watch(id);
		for (const listener of this.#connectionListeners) listener(connected);
	}
}

function subscribe<T>(listeners: Set<T>, listener: T): () => void {
	listeners.add(listener);
	return () => void listeners.delete(listener);
}
