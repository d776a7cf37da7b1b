import { createWriteStream, existsSync, realpathSync, renameSync, rmSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { basename, dirname, join, sep } from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AppError } from "../contract/errors.ts";
import { asFileError, freeBytes, makeFolder, removeTemporaries, temporaryBeside } from "../store/files.ts";

/** Left free on the disk for runs and checkpoints, whatever is uploaded. */
const KEPT_FREE_BYTES = 1024 ** 3;
/** An upload that says nothing for so long is given up. */
const IDLE_MS = 60_000;

export interface UploadPlaces {
	/** Folder that uploads lie in. */
	readonly importsDir: string;
	/** A free path in it for a file of that name, asked for once the file is whole. */
	readonly importTarget: (name: string) => string | Promise<string>;
}

const unnamed = ({ importsDir }: UploadPlaces) => join(importsDir, "upload");

/** Deletes what uploads to a server that was ended left behind; none may be under way. */
export function removeBrokenUploads(places: UploadPlaces): void {
	removeTemporaries(unnamed(places));
}

/**
 * Streams a request's body into the imports folder and gives back the path. Nothing is left of an upload that breaks off.
 * @throws AppError `usage` for a name that is no plain file name, `disk-full` when it does not fit, `cancelled` when the
 * browser stopped sending.
 */
export async function receiveUpload(
	request: IncomingMessage,
	name: string | null,
	places: UploadPlaces,
	keptFreeBytes = KEPT_FREE_BYTES,
): Promise<string> {
	if (name === null || !isPlainName(name)) throw badName(name);
	makeFolder(places.importsDir);
	const room = freeBytes(places.importsDir) - keptFreeBytes;
	const announced = Number(request.headers["content-length"] ?? 0);
	if (announced > room) throw tooLarge(name, announced, room);
	const temporary = temporaryBeside(unnamed(places));
	request.setTimeout(IDLE_MS, () => request.destroy());
	try {
		await write(request, temporary, name, room);
		// Only now, so that of two uploads with one name the second gets another.
		const target = await places.importTarget(name);
		if (!lies(target, places.importsDir) || existsSync(target)) {
			throw new Error(`An upload may not be put at ${target}.`);
		}
		renameSync(temporary, target);
		return target;
	} catch (error) {
		rmSync(temporary, { force: true });
		if (request.destroyed && !request.complete) throw brokenOff(name);
		throw asFileError(error, temporary);
	}
}

function write(body: Readable, path: string, name: string, room: number): Promise<void> {
	let bytes = 0;
	const limited = new Transform({
		transform(chunk: Buffer, _encoding, done) {
			bytes += chunk.byteLength;
			if (bytes > room) done(tooLarge(name, bytes, room));
			else done(null, chunk);
		},
	});
	return pipeline(body, limited, createWriteStream(path, { flags: "wx", flush: true }));
}

/** A name as people give files, on every platform; never a way to another folder. */
export function isPlainName(name: string): boolean {
	if (name.length === 0 || Buffer.byteLength(name) > 200 || name.startsWith(".")) return false;
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused.
	return name === basename(name) && !/[\u0000-\u001f\u007f/\\:*?"<>|]/.test(name);
}

function lies(path: string, dir: string): boolean {
	return join(realpathSync(dirname(path)), sep) === join(realpathSync(dir), sep);
}

function badName(name: string | null): AppError {
	return new AppError({
		code: "usage",
		message: name === null ? "The upload has no name." : `"${name.slice(0, 80)}" is not a plain file name.`,
		hint: "Give the file a name without slashes, colons or control characters, and try again.",
	});
}

function tooLarge(name: string, bytes: number, room: number): AppError {
	const megabytes = (count: number) => `${Math.max(0, Math.floor(count / 1e6)).toLocaleString("en-US")} MB`;
	return new AppError({
		code: "disk-full",
		message: `${name} needs ${megabytes(bytes)} or more, and there is room for ${megabytes(room)}.`,
		hint: "Free some space, or put the file on this computer and add it by its path.",
		details: { bytes, room },
	});
}

function brokenOff(name: string): AppError {
	return new AppError({
		code: "cancelled",
		message: `The upload of ${name} broke off.`,
		hint: "Nothing was kept of it; drop the file again.",
	});
}
