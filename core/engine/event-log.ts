import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync } from "node:fs";
import { AppError } from "../contract/errors.ts";
import {
	type EngineEvent,
	EVENT_SCHEMA_VERSION,
	type EventBody,
	engineEventSchema,
	eventBodySchema,
} from "../contract/events.ts";
import { guardFile, writeFully } from "../store/files.ts";

/** Events worth a flush to the disk itself: losing one to a power cut would misreport the run. */
const FLUSHED = new Set<EventBody["type"]>(["checkpoint", "run-finished", "run-failed"]);

/** Appends events to a file, one JSON line each, numbered on from what the file already holds. */
export class EventLog {
	#file: { fd: number; path: string; bytes: number } | null = null;
	#seq = 0;

	/**
	 * @param path null keeps no file and only numbers the events.
	 * @throws AppError `file-corrupt` when the file holds something else than events; `file-unreadable`, `disk-full`.
	 */
	constructor(path: string | null) {
		if (path === null) return;
		const { events, wholeBytes } = parseEvents(path);
		this.#seq = events.at(-1)?.seq ?? 0;
		const fd = guardFile(path, () => openSync(path, "a"));
		// A torn last line was never sent to anyone; left in place it would spoil the next one.
		guardFile(path, () => ftruncateSync(fd, wholeBytes));
		this.#file = { fd, path, bytes: wholeBytes };
	}

	/** Validates the event, gives it its number and time, and returns it once it is written. Throws AppError `disk-full`. */
	append(body: EventBody): EngineEvent {
		const checked = eventBodySchema.parse(body);
		const envelope = {
			schemaVersion: EVENT_SCHEMA_VERSION,
			seq: this.#seq + 1,
			time: new Date().toISOString(),
		};
		const event = { ...envelope, ...checked } as EngineEvent;
		this.#write(event);
		this.#seq = event.seq;
		return event;
	}

	#write(event: EngineEvent): void {
		const file = this.#file;
		if (file === null) return;
		const line = Buffer.from(`${JSON.stringify(event)}\n`);
		guardFile(file.path, () => {
			try {
				writeFully(file.fd, line);
				if (FLUSHED.has(event.type)) fsyncSync(file.fd);
			} catch (error) {
				// Half a line on a full disk must not swallow the next event.
				ftruncateSync(file.fd, file.bytes);
				throw error;
			}
		});
		file.bytes += line.byteLength;
	}

	close(): void {
		if (this.#file !== null) closeSync(this.#file.fd);
		this.#file = null;
	}
}

/**
 * The events of a run with a sequence number above `after`, oldest first; a torn last line is left out.
 * @throws AppError `file-corrupt` naming the line.
 */
export function readEvents(path: string, after = 0): EngineEvent[] {
	return parseEvents(path).events.filter((event) => event.seq > after);
}

function parseEvents(path: string): { events: EngineEvent[]; wholeBytes: number } {
	const bytes = existsSync(path) ? guardFile(path, () => readFileSync(path)) : Buffer.alloc(0);
	const wholeBytes = bytes.lastIndexOf(0x0a) + 1;
	const lines = bytes.subarray(0, wholeBytes).toString("utf8").split("\n").slice(0, -1);
	const events = lines.map((line, index) => {
		const event = engineEventSchema.safeParse(parseJson(line));
		if (event.success) return event.data;
		throw new AppError({
			code: "file-corrupt",
			message: `Line ${index + 1} of ${path} is not an event of this version.`,
			hint: "Restore the file from a copy, or start the run again in another folder.",
		});
	});
	return { events, wholeBytes };
}

function parseJson(line: string): unknown {
	try {
		return JSON.parse(line);
	} catch {
		return undefined;
	}
}
