import { closeSync, existsSync, fstatSync, fsyncSync, ftruncateSync, openSync } from "node:fs";
import { dirname } from "node:path";
import type { z } from "zod";
import { AppError } from "../contract/errors.ts";
import { issuesText } from "../contract/issues.ts";
import { atomicWrite, guardFile, makeFolder, readText, writeFully } from "./files.ts";

/**
 * Appends JSON values to a file, one a line. Opening cuts off a last line that a crash left torn, so that the next line
 * starts clean. One writer at a time. Throws `disk-full` or `file-unreadable`.
 */
export class JsonLinesWriter {
	readonly path: string;
	private readonly fd: number;
	private readonly sync: boolean;

	/** With `sync`, every line is on the disk before `append` returns; without, it survives a crash of the process only. */
	constructor(path: string, options: { sync?: boolean } = {}) {
		this.path = path;
		this.sync = options.sync ?? false;
		if (existsSync(path)) repairLastLine(path);
		this.fd = guardFile(path, () => {
			makeFolder(dirname(path));
			return openSync(path, "a");
		});
	}

	append(value: unknown): void {
		guardFile(this.path, () => {
			const before = fstatSync(this.fd).size;
			try {
				writeFully(this.fd, Buffer.from(`${JSON.stringify(value)}\n`, "utf8"));
			} catch (error) {
				// Half a line on a full disk would spoil the next one.
				ftruncateSync(this.fd, before);
				throw error;
			}
			if (this.sync) fsyncSync(this.fd);
		});
	}

	close(): void {
		fsyncSync(this.fd);
		closeSync(this.fd);
	}
}

function repairLastLine(path: string): void {
	const text = readText(path);
	if (text === "" || text.endsWith("\n")) return;
	const start = text.lastIndexOf("\n") + 1;
	atomicWrite(path, parse(text.slice(start)) !== undefined ? `${text}\n` : text.slice(0, start));
}

/** The value of a line, or undefined where it is not JSON. */
function parse(line: string): unknown {
	try {
		return JSON.parse(line);
	} catch {
		return undefined;
	}
}

/**
 * Reads a file of JSON lines through `schema`. A last line without its newline that does not parse is a torn write and
 * left out; any other bad line throws `file-corrupt` with its number. A missing file has no lines.
 */
export function readJsonLines<T>(path: string, schema: z.ZodType<T>): T[] {
	if (!existsSync(path)) return [];
	const lines = readText(path).split("\n");
	const tail = lines.pop() ?? "";
	if (parse(tail) !== undefined) lines.push(tail);
	return lines.map((line, i) => {
		const value = parse(line);
		const parsed = value === undefined ? null : schema.safeParse(value);
		if (parsed?.success) return parsed.data;
		throw new AppError({
			code: "file-corrupt",
			message: `${path}, line ${i + 1}: ${parsed === null ? "not valid JSON" : issuesText(parsed.error)}.`,
			hint: "The file was changed by hand or damaged; restore it from a copy.",
			details: { path, line: i + 1 },
		});
	});
}
