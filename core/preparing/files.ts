import { existsSync, rmSync } from "node:fs";
import { AppError } from "../contract/errors.ts";
import { atomicWrite } from "../store/files.ts";

/** Throws `usage` when there is a file of this name. */
export function requireFree(path: string): void {
	if (!existsSync(path)) return;
	throw new AppError({
		code: "usage",
		message: `${path} already exists.`,
		hint: "Choose another name, or move that file away first; files are never overwritten.",
	});
}

/** Writes files of JSON lines, all or none of them. Throws `disk-full` or `file-unreadable`. */
export function writeRowFiles(files: ReadonlyMap<string, readonly unknown[]>): void {
	const written: string[] = [];
	try {
		for (const [path, rows] of files) {
			requireFree(path);
			atomicWrite(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
			written.push(path);
		}
	} catch (error) {
		for (const path of written) rmSync(path, { force: true });
		throw error;
	}
}

/** The error that ends a job which was asked to stop and has nothing worth keeping. */
export function stoppedError(): AppError {
	return new AppError({
		code: "cancelled",
		message: "Stopped before the work was done.",
		hint: "Nothing was written; run it again.",
	});
}
