import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { QueueItem } from "../../contract/api-runs.ts";
import { AppError } from "../../contract/errors.ts";
import { readVersioned, type VersionedFormat, writeVersioned } from "../../store/versioned.ts";
import type { AppContext } from "../context.ts";

const queueFileSchema = z.strictObject({
	schemaVersion: z.literal(1),
	paused: z.boolean(),
	/** What waits, the next one first. */
	waiting: z.array(z.string()),
});
const FORMAT: VersionedFormat<z.infer<typeof queueFileSchema>> = {
	what: "queue",
	version: 1,
	schema: queueFileSchema,
	migrations: {},
};

type Kind = QueueItem["kind"];

/** What the queue asks of those whose work it starts. */
export interface Worker {
	/** Does the work; resolves when it is over, however it ended. */
	run(id: string): Promise<void>;
	/** Null when it is gone. */
	name(id: string): string | null;
	secondsLeft(id: string): number | null;
	/** It was taken out of the queue before its turn came. */
	removed(id: string): void;
}

/** Lets runs, sweeps and heavy tasks wait for their turn; `queue.json` keeps the order over restarts. */
export class Queue {
	readonly #context: AppContext;
	readonly #path: string;
	readonly #workers = new Map<Kind, Worker>();
	readonly #working = new Map<string, Promise<void>>();
	#waiting: string[] = [];
	#paused = false;
	#closed = false;

	constructor(context: AppContext) {
		this.#context = context;
		this.#path = join(context.dataDir, "queue.json");
		if (!existsSync(this.#path)) return;
		try {
			({ waiting: this.#waiting, paused: this.#paused } = readVersioned(this.#path, FORMAT));
		} catch (error) {
			// An order that was lost is set up anew by the user; it must not keep the app from starting.
			if (!(error instanceof AppError)) throw error;
		}
	}

	register(kind: Kind, worker: Worker): void {
		this.#workers.set(kind, worker);
	}

	/** Starts what may start; called once all workers are registered, and whenever something has changed. */
	advance(): void {
		if (this.#closed || this.#paused) return;
		while (this.#working.size < this.#context.settings().maxParallel) {
			const id = this.#waiting.shift();
			if (id === undefined) return;
			const worker = this.#workerOf(id);
			if (worker === undefined || worker.name(rest(id)) === null) continue;
			this.#begin(id, worker);
		}
	}

	add(kind: Kind, id: string): void {
		const item = `${kind}:${id}`;
		if (this.#waiting.includes(item) || this.#working.has(item)) return;
		this.#waiting.push(item);
		this.#changed();
		this.advance();
	}

	isWaiting(kind: Kind, id: string): boolean {
		return this.#waiting.includes(`${kind}:${id}`);
	}

	isWorking(kind: Kind, id: string): boolean {
		return this.#working.has(`${kind}:${id}`);
	}

	list(): { items: QueueItem[]; paused: boolean } {
		const items = [...this.#working.keys(), ...this.#waiting].flatMap((id): QueueItem[] => {
			const worker = this.#workerOf(id);
			const name = worker?.name(rest(id)) ?? null;
			if (worker === undefined || name === null) return [];
			const working = this.#working.has(id);
			const secondsLeft = working ? worker.secondsLeft(rest(id)) : null;
			return [{ id, kind: kindOf(id), name, state: working ? "working" : "waiting", secondsLeft }];
		});
		return { items, paused: this.#paused };
	}

	/** Throws `usage` for what does not wait. */
	move(id: string, before: string | null): void {
		this.#need(id);
		const others = this.#waiting.filter((other) => other !== id);
		const at = before === null ? others.length : others.indexOf(before);
		if (at === -1) throw notWaiting(before ?? "");
		others.splice(at, 0, id);
		this.#waiting = others;
		this.#changed();
	}

	remove(id: string): void {
		this.#need(id);
		this.#waiting = this.#waiting.filter((other) => other !== id);
		this.#changed();
		this.#workerOf(id)?.removed(rest(id));
	}

	pause(paused: boolean): void {
		this.#paused = paused;
		this.#changed();
		this.advance();
	}

	/** Starts nothing more; resolves when what was at work has ended. */
	async close(): Promise<void> {
		this.#closed = true;
		await Promise.allSettled(this.#working.values());
	}

	#begin(id: string, worker: Worker): void {
		const work = worker
			.run(rest(id))
			.catch((error: unknown) => this.#tellBug(id, error))
			.finally(() => {
				this.#working.delete(id);
				this.#moved();
				this.advance();
			});
		this.#working.set(id, work);
		this.#moved();
	}

	/** Work began or ended. An order that cannot be written, as on a full disk, must keep none from doing so. */
	#moved(): void {
		this.#context.hub.saveOrTell("The queue", () => this.#changed());
	}

	/** Workers report what they expect themselves. */
	#tellBug(id: string, error: unknown): void {
		const text = error instanceof Error ? error.message : String(error);
		const title = `${this.#workerOf(id)?.name(rest(id)) ?? id} ended with a bug`;
		this.#context.hub.push({ type: "notice", level: "bad", title, text, route: null });
	}

	#changed(): void {
		if (this.#closed) return;
		this.#context.hub.changed("queue");
		writeVersioned(this.#path, FORMAT, {
			schemaVersion: 1,
			paused: this.#paused,
			waiting: this.#waiting,
		});
	}

	#workerOf(id: string): Worker | undefined {
		return this.#workers.get(kindOf(id));
	}

	#need(id: string): void {
		if (!this.#waiting.includes(id)) throw notWaiting(id);
	}
}

function kindOf(id: string): Kind {
	return z.enum(["run", "sweep", "task"]).parse(id.slice(0, id.indexOf(":")));
}

function rest(id: string): string {
	return id.slice(id.indexOf(":") + 1);
}

function notWaiting(id: string): AppError {
	return new AppError({
		code: "usage",
		message: `${id} does not wait in the queue.`,
		hint: "It has begun or was taken out meanwhile; look at the list again.",
	});
}
