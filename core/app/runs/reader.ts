import { stat } from "node:fs/promises";
import { AppError } from "../../contract/errors.ts";
import { type EngineEvent, engineEventSchema } from "../../contract/events.ts";
import { asFileError } from "../../store/files.ts";
import { Digest } from "./digest.ts";
import { readLines } from "./lines.ts";

/** Events between two places of the file that are remembered. */
const INDEX_EVERY = 256;
/** Events that a watcher is given at once. */
const PAGE_EVENTS = 1000;

export type EventListener = (events: readonly EngineEvent[]) => void;

/**
 * Follows one event file, whoever writes it: every event is read once from the disk, in order, and folded into the digest.
 * The file is the only source, so what watchers get has no gaps and no doubles.
 */
export class RunReader {
	readonly path: string;
	digest = new Digest();
	/** Why the file cannot be read on; it is damaged. */
	failure: AppError | null = null;
	readonly #listeners = new Set<EventListener>();
	readonly #index: { seq: number; offset: number }[] = [];
	#offset = 0;
	#reading: Promise<void> | null = null;
	#again = false;

	constructor(path: string) {
		this.path = path;
	}

	/** Reads whatever is new; resolves when all that stood in the file at the call is in the digest. */
	update(): Promise<void> {
		if (this.#reading !== null) {
			this.#again = true;
			return this.#reading;
		}
		this.#reading = this.#readAll().finally(() => {
			this.#reading = null;
		});
		return this.#reading;
	}

	/** Events above `after`, oldest first, as far as they were read. */
	async eventsAfter(after: number, limit: number): Promise<EngineEvent[]> {
		const from = this.#index.findLast(({ seq }) => seq <= after + 1);
		const events: EngineEvent[] = [];
		if (from === undefined || after >= this.digest.lastSeq) return events;
		await readLines(this.path, from.offset, (lines) => {
			for (const { text } of lines) {
				const event = parseEvent(text);
				if (event === null || event.seq > this.digest.lastSeq) return false;
				if (event.seq > after) events.push(event);
				if (events.length === limit) return false;
			}
			return true;
		});
		return events;
	}

	/** Gives a listener every event above `after`: those on disk first, then those to come. Returns what ends it. */
	watch(after: number, listener: EventListener): () => void {
		let next = after;
		let ended = false;
		let catchingUp = false;
		const deliver = (events: readonly EngineEvent[]) => {
			const fresh = events.filter((event) => event.seq > next);
			if (ended || fresh.length === 0) return;
			next = (fresh.at(-1) as EngineEvent).seq;
			listener(fresh);
		};
		const catchUp = async () => {
			catchingUp = true;
			while (!ended && next < this.digest.lastSeq) {
				const page = await this.eventsAfter(next, PAGE_EVENTS);
				if (page.length === 0) break;
				deliver(page);
			}
			catchingUp = false;
		};
		const follow: EventListener = (events) => {
			// While older ones are still being read the loop finds these on disk.
			if (catchingUp) return;
			if ((events[0]?.seq ?? 0) > next + 1) void catchUp().catch(() => {});
			else deliver(events);
		};
		this.#listeners.add(follow);
		void this.update()
			.then(catchUp)
			.catch(() => {});
		return () => {
			ended = true;
			this.#listeners.delete(follow);
		};
	}

	/** Tells of every batch of new events. */
	listen(listener: EventListener): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	async #readAll(): Promise<void> {
		do {
			this.#again = false;
			await this.#readNew();
		} while (this.#again);
	}

	async #readNew(): Promise<void> {
		const size = await sizeOf(this.path);
		if (size < this.#offset) this.#startOver();
		if (size <= this.#offset || this.failure !== null) return;
		await readLines(this.path, this.#offset, (lines) => {
			const events: EngineEvent[] = [];
			for (const { text, offset, bytes } of lines) {
				const event = parseEvent(text);
				if (event === null) {
					this.failure = damaged(this.path, this.digest.lastSeq + 1);
					break;
				}
				if ((event.seq - 1) % INDEX_EVERY === 0) this.#index.push({ seq: event.seq, offset });
				this.digest.apply(event);
				this.#offset = offset + bytes;
				events.push(event);
			}
			if (events.length > 0) for (const listener of this.#listeners) listener(events);
			return this.failure === null;
		});
	}

	/** The file was replaced by a shorter one: another run took its place. */
	#startOver(): void {
		this.digest = new Digest();
		this.failure = null;
		this.#index.length = 0;
		this.#offset = 0;
	}
}

function parseEvent(text: string): EngineEvent | null {
	try {
		return engineEventSchema.parse(JSON.parse(text));
	} catch {
		return null;
	}
}

async function sizeOf(path: string): Promise<number> {
	try {
		return (await stat(path)).size;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
		throw asFileError(error, path);
	}
}

function damaged(path: string, line: number): AppError {
	return new AppError({
		code: "file-corrupt",
		message: `Line ${line} of ${path} is not an event of this version.`,
		hint: "Restore the file from a copy, or start the run again.",
	});
}
