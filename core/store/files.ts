import { createHash } from "node:crypto";
import {
	closeSync,
	createReadStream,
	existsSync,
	fsyncSync,
	mkdirSync,
	openSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statfsSync,
	statSync,
	writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { AppError, type ErrorCode } from "../contract/errors.ts";

const CODE_OF_ERRNO: Record<string, ErrorCode> = {
	ENOENT: "file-missing",
	ENOTDIR: "file-missing",
	ENOSPC: "disk-full",
	EDQUOT: "disk-full",
	EFBIG: "disk-full",
	EACCES: "file-unreadable",
	EPERM: "file-unreadable",
	EROFS: "file-unreadable",
	EISDIR: "file-unreadable",
	EIO: "file-unreadable",
	EEXIST: "file-unreadable",
	ENAMETOOLONG: "file-unreadable",
};

/** Turns an operating system error about `path` into the expected error it is; anything else comes back as it was. */
export function asFileError(error: unknown, path: string): unknown {
	const errno = (error as NodeJS.ErrnoException | null)?.code;
	const code = errno === undefined ? undefined : CODE_OF_ERRNO[errno];
	if (code === undefined) return error;
	if (code === "disk-full") {
		return new AppError(
			{
				code,
				message: `The disk is full: ${path} could not be written (${freeSpace(path)}).`,
				hint: "Free some space or choose another folder, then try again; what stood at this path before is unchanged.",
				details: { path },
			},
			{ cause: error },
		);
	}
	const missing = code === "file-missing";
	return new AppError(
		{
			code,
			message: missing ? `${path} does not exist.` : `${path} cannot be read or written (${errno}).`,
			hint: missing ? "Check the path." : "Check the permissions of the file and of its folder.",
			details: { path, errno },
		},
		{ cause: error },
	);
}

function freeSpace(path: string): string {
	try {
		return `${freeBytes(path).toLocaleString("en-US")} bytes free`;
	} catch {
		return "free space unknown";
	}
}

/** Bytes that may still be written to the disk that `path` is on, or will be once it is made. */
export function freeBytes(path: string): number {
	let there = path;
	while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
	const { bavail, bsize } = guardFile(there, () => statfsSync(there));
	return bavail * bsize;
}

/** Runs `action`; an operating system error about `path` is thrown as an `AppError`. */
export function guardFile<T>(path: string, action: () => T): T {
	try {
		return action();
	} catch (error) {
		throw asFileError(error, path);
	}
}

/**
 * Makes a folder and those above it; one that is there is left alone. Throws `disk-full`, or `file-unreadable` naming the
 * folder that could not be made. (Node's recursive mkdir calls a read-only disk a missing file, and hangs under /proc.)
 */
export function makeFolder(dir: string): void {
	if (isFolder(dir)) return;
	if (existsSync(dir)) throw folderError(dir, "a file has this name");
	if (dirname(dir) !== dir) makeFolder(dirname(dir));
	try {
		mkdirSync(dir);
	} catch (error) {
		// Another process may have made it a moment ago.
		if (isFolder(dir)) return;
		const expected = asFileError(error, dir);
		if (!(expected instanceof AppError) || expected.code === "disk-full") throw expected;
		throw folderError(dir, String((error as NodeJS.ErrnoException).code), error);
	}
}

function isFolder(path: string): boolean {
	return existsSync(path) && guardFile(path, () => statSync(path)).isDirectory();
}

function folderError(dir: string, why: string, cause?: unknown): AppError {
	const hint = "Choose a place that you may write to, or change its permissions.";
	return new AppError(
		{
			code: "file-unreadable",
			message: `The folder ${dir} cannot be made: ${why}.`,
			hint,
			details: { path: dir },
		},
		{ cause },
	);
}

/** Reads a UTF-8 text file whole; throws `file-missing`, `file-unreadable`, or `file-corrupt` when it is not UTF-8. */
export function readText(path: string): string {
	const bytes = guardFile(path, () => readFileSync(path));
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch (cause) {
		const hint = "The file is damaged or not a text file; get a fresh copy of it.";
		throw new AppError({ code: "file-corrupt", message: `${path} is not UTF-8 text.`, hint }, { cause });
	}
}

/** Reads and parses a JSON file; throws `file-missing`, `file-unreadable` or `file-corrupt`. */
export function readJson(path: string): unknown {
	const text = readText(path);
	try {
		return JSON.parse(text);
	} catch (cause) {
		const message = `${path} is not valid JSON: ${(cause as Error).message}.`;
		throw new AppError(
			{ code: "file-corrupt", message, hint: "The file is damaged; get a fresh copy of it." },
			{ cause },
		);
	}
}

/** Writes all of `bytes` to `fd`: one write call may stop short of a large buffer. */
export function writeFully(fd: number, bytes: Uint8Array): void {
	for (let done = 0; done < bytes.byteLength; ) {
		done += writeSync(fd, bytes, done, Math.min(bytes.byteLength - done, 1 << 28));
	}
}

/** Makes the entries of a folder durable; some platforms cannot sync a folder, and there a rename is enough. */
export function syncFolder(dir: string): void {
	if (process.platform === "win32") return;
	const fd = openSync(dir, "r");
	try {
		fsyncSync(fd);
	} finally {
		closeSync(fd);
	}
}

let temporaryCount = 0;

/** A name beside `path` that no other writer uses; it starts with a dot so that listings pass over it. */
export function temporaryBeside(path: string): string {
	temporaryCount += 1;
	return join(dirname(path), `.${basename(path)}.tmp-${process.pid}-${temporaryCount}`);
}

/** Removes what writers of `path` that were ended left under such names; nobody may be writing it now. */
export function removeTemporaries(path: string): void {
	const start = `.${basename(path)}.tmp-`;
	if (!isFolder(dirname(path))) return;
	for (const name of readdirSync(dirname(path)))
		if (name.startsWith(start)) rmSync(join(dirname(path), name), { recursive: true, force: true });
}

/**
 * Writes a file so that a reader sees the old content or the new, never a part: temporary file, fsync, rename, fsync of
 * the folder. On failure the temporary file is removed. Throws `disk-full` or `file-unreadable`.
 */
export function writeAtomically(path: string, write: (fd: number) => void): void {
	const temporary = temporaryBeside(path);
	guardFile(path, () => {
		makeFolder(dirname(path));
		try {
			const fd = openSync(temporary, "wx");
			try {
				write(fd);
				fsyncSync(fd);
			} finally {
				closeSync(fd);
			}
			renameSync(temporary, path);
		} catch (error) {
			rmSync(temporary, { force: true });
			throw error;
		}
		syncFolder(dirname(path));
	});
}

/** Writes `content` to `path` atomically (see `writeAtomically`). */
export function atomicWrite(path: string, content: Uint8Array | string): void {
	const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
	writeAtomically(path, (fd) => writeFully(fd, bytes));
}

/** Lower-case hexadecimal SHA-256 of bytes or of a string's UTF-8. */
export function sha256(content: Uint8Array | string): string {
	return createHash("sha256").update(content).digest("hex");
}

/** Lower-case hexadecimal SHA-256 of the bytes of the files, one after the other, streamed. */
export async function sha256Files(paths: readonly string[]): Promise<string> {
	const hash = createHash("sha256");
	for (const path of paths) {
		try {
			for await (const chunk of createReadStream(path, { highWaterMark: 1 << 22 })) {
				hash.update(chunk as Buffer);
			}
		} catch (error) {
			throw asFileError(error, path);
		}
	}
	return hash.digest("hex");
}
