import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { AppError } from "../contract/errors.ts";

/**
 * Checks that a path names a readable file with something in it.
 * @throws AppError `file-missing`, `file-unreadable` or `data-empty`.
 */
export async function checkFile(path: string): Promise<void> {
	const info = await stat(path).catch((cause: NodeJS.ErrnoException) => {
		if (cause.code === "ENOENT" || cause.code === "ENOTDIR") {
			const hint = "Check the path; it is taken relative to the current folder.";
			throw new AppError({ code: "file-missing", message: `There is no file ${path}.`, hint });
		}
		throw unreadable(path, cause);
	});
	if (!info.isFile()) {
		const what = info.isDirectory() ? "is a folder" : "is not a regular file";
		const hint = "Name one data file: .jsonl, .json, .csv, .tsv or .parquet, gzipped or not.";
		throw new AppError({ code: "file-unreadable", message: `${path} ${what}, not a data set.`, hint });
	}
	if (info.size === 0) throw dataEmpty(path);
	const file = await open(path, "r").catch((cause: Error) => {
		throw unreadable(path, cause);
	});
	await file.close();
}

/** The error for a file without rows. */
export function dataEmpty(path: string): AppError {
	const hint = "Choose a file with at least one row; an export or download may have been cut off.";
	return new AppError({ code: "data-empty", message: `${path} has no rows.`, hint });
}

function unreadable(path: string, cause: Error): AppError {
	const hint = "Check that you may read the file and that its disk is connected.";
	return new AppError(
		{ code: "file-unreadable", message: `${path} cannot be read: ${cause.message}`, hint },
		{ cause },
	);
}

/** SHA-256 of a file's bytes, in hex. */
export async function hashFile(path: string): Promise<string> {
	const hash = createHash("sha256");
	for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
	return hash.digest("hex");
}

/** Whether a file is gzip, told by its first bytes and not by its name. */
export async function isGzip(path: string): Promise<boolean> {
	const file = await open(path, "r");
	try {
		const magic = Buffer.alloc(2);
		await file.read(magic, 0, 2, 0);
		return magic.readUInt16BE() === 0x1f8b;
	} finally {
		await file.close();
	}
}

/**
 * The bytes of a file in chunks, unpacked when they are gzip.
 * @throws AppError `file-corrupt` for damaged or truncated gzip, `file-unreadable` when reading fails.
 */
export async function* readBytes(path: string): AsyncGenerator<Buffer> {
	const packed = await isGzip(path);
	const raw = createReadStream(path);
	// The iteration below reports every error; pipeline only has to pass it on and close the file.
	const stream = packed ? pipeline(raw, createGunzip(), () => {}) : raw;
	try {
		for await (const chunk of stream) yield chunk as Buffer;
	} catch (cause) {
		const error = cause as NodeJS.ErrnoException;
		if (!error.code?.startsWith("Z_")) throw unreadable(path, error);
		const message = `${path} is damaged or truncated gzip: ${error.message}.`;
		throw new AppError(
			{ code: "file-corrupt", message, hint: "Download or compress the file again." },
			{ cause },
		);
	}
}

/**
 * The bytes of a text file without a byte order mark.
 * @throws AppError `file-unreadable` for UTF-16, and as `readBytes`.
 */
export async function* readText(path: string): AsyncGenerator<Buffer> {
	let first = true;
	for await (const chunk of readBytes(path)) {
		if (!first) {
			yield chunk;
			continue;
		}
		first = false;
		const mark = chunk.subarray(0, 2).toString("hex");
		if (mark === "fffe" || mark === "feff") {
			const hint = "Save the file as UTF-8 and try again.";
			throw new AppError({ code: "file-unreadable", message: `${path} is UTF-16 text.`, hint });
		}
		yield chunk.subarray(0, 3).toString("hex") === "efbbbf" ? chunk.subarray(3) : chunk;
	}
}
