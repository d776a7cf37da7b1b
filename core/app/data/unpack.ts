import { createReadStream, createWriteStream, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { AppError } from "../../contract/errors.ts";
import { asFileError, freeBytes } from "../../store/files.ts";

/** Left free on the disk, so that a small file that unpacks to a huge one does not stop everything else. */
const SPARE_BYTES = 2 ** 30;
const CHECK_EVERY_BYTES = 2 ** 27;

/**
 * Unpacks a gzip file into `dir` and gives the copy's path. Rows in the middle of a packed file can only be reached by
 * unpacking all before them, and Node gives no way to save an unpacker's state half way: so a plain copy in our cache
 * folder stands in for it, and is deleted with it; nothing is left of one that fails. `onProgress` hears of the packed bytes read.
 * @throws AppError `file-corrupt`, `disk-full`, `file-unreadable`.
 */
export async function unpack(
	path: string,
	dir: string,
	onProgress: (bytes: number) => void,
): Promise<string> {
	const copy = join(dir, `rows-${basename(path).replace(/\.gz$/i, "")}`);
	const source = createReadStream(path, { highWaterMark: 1 << 20 });
	let written = 0;
	let nextCheck = 0;
	const watch = new Transform({
		transform(chunk: Buffer, _, done) {
			written += chunk.length;
			onProgress(source.bytesRead);
			if (written < nextCheck) return done(null, chunk);
			nextCheck = written + CHECK_EVERY_BYTES;
			done(freeBytes(copy) < SPARE_BYTES ? tooLarge(path) : null, chunk);
		},
	});
	try {
		await pipeline(source, createGunzip(), watch, createWriteStream(copy));
	} catch (cause) {
		// The index of a file that failed is kept, and what was unpacked may fill the disk.
		rmSync(copy, { force: true });
		if (cause instanceof AppError) throw cause;
		const error = cause as NodeJS.ErrnoException;
		if (!error.code?.startsWith("Z_")) throw asFileError(error, copy);
		const message = `${path} is damaged or truncated gzip: ${error.message}, after ${written.toLocaleString("en-US")} unpacked bytes.`;
		throw new AppError(
			{ code: "file-corrupt", message, hint: "Download or compress the file again." },
			{ cause },
		);
	}
	return copy;
}

function tooLarge(path: string): AppError {
	return new AppError({
		code: "disk-full",
		message: `${path} unpacks to more than the disk holds.`,
		hint: "Free some space, or unpack a part of the file yourself and add that.",
	});
}
