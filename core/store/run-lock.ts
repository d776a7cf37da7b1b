import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../contract/errors.ts";
import { guardFile, makeFolder } from "./files.ts";

/** Folders locked by this very process. */
const held = new Set<string>();

const pathIn = (dir: string) => join(dir, ".lock");

/**
 * Makes this process the only writer of a folder until the returned function is called or the process ends. A lock whose
 * process is gone, as after a crash, is taken over. Throws `run-exists` while another process holds it.
 */
export function takeRunLock(dir: string): () => void {
	const path = pathIn(dir);
	makeFolder(dir);
	// The second try follows the removal of a dead process's lock.
	for (let attempt = 0; attempt < 2; attempt++) {
		try {
			const fd = openSync(path, "wx");
			writeSync(fd, String(process.pid));
			closeSync(fd);
			held.add(path);
			return () => {
				held.delete(path);
				rmSync(path, { force: true });
			};
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== "EEXIST") guardFile(path, () => raise(error));
		}
		if (runLockHolder(dir) !== null) break;
		rmSync(path, { force: true });
	}
	throw new AppError({
		code: "run-exists",
		message: `Another process (${runLockHolder(dir) ?? "just started"}) is working in ${dir}.`,
		hint: `Wait until it ends, or end it. If no such process is yours, delete ${path}.`,
	});
}

/** Id of the living process that holds a folder's lock, or null. */
export function runLockHolder(dir: string): number | null {
	const pid = Number(readIfThere(pathIn(dir)));
	// In a restarted container a dead process's id is soon one's own.
	if (pid === process.pid && !held.has(pathIn(dir))) return null;
	return Number.isInteger(pid) && pid > 0 && isAlive(pid) ? pid : null;
}

function readIfThere(path: string): string {
	try {
		return readFileSync(path, "utf8");
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
		return guardFile(path, () => raise(error));
	}
}

/** Whether a process of this id runs, of whichever user. */
export function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		// Another user's process may not be signalled, but it is there.
		return (error as NodeJS.ErrnoException).code === "EPERM";
	}
}

function raise(error: unknown): never {
	throw error;
}
