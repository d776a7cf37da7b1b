import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../contract/errors.ts";
import { asFileError, guardFile, makeFolder, temporaryBeside } from "./files.ts";

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
		if (guardFile(path, () => makeLock(path))) {
			held.add(path);
			return () => {
				held.delete(path);
				rmSync(path, { force: true });
			};
		}
		const found = readIfThere(path);
		if (holderIn(found, path) !== null) break;
		guardFile(path, () => removeDead(path, found));
	}
	throw new AppError({
		code: "run-exists",
		message: `Another process (${runLockHolder(dir) ?? "just started"}) is working in ${dir}.`,
		hint: `Wait until it ends, or end it. If no such process is yours, delete ${path}.`,
	});
}

/** Id of the living process that holds a folder's lock, or null. */
export function runLockHolder(dir: string): number | null {
	return holderIn(readIfThere(pathIn(dir)), pathIn(dir));
}

function holderIn(content: string, path: string): number | null {
	const pid = Number(content);
	// In a restarted container a dead process's id is soon one's own.
	if (pid === process.pid && !held.has(path)) return null;
	return Number.isInteger(pid) && pid > 0 && isAlive(pid) ? pid : null;
}

/** False where there is one. It appears with its content: an empty one would pass for a dead process's. */
function makeLock(path: string): boolean {
	const whole = temporaryBeside(path);
	try {
		writeFileSync(whole, String(process.pid), { flag: "wx" });
		linkSync(whole, path);
		return true;
	} catch (error) {
		if (hasCode(error, "EEXIST")) return false;
		// Some file systems, such as FAT, have no links.
		if (!hasCode(error, "EPERM", "ENOTSUP", "ENOSYS", "EOPNOTSUPP")) throw error;
	} finally {
		rmSync(whole, { force: true });
	}
	try {
		writeFileSync(path, String(process.pid), { flag: "wx" });
		return true;
	} catch (error) {
		if (hasCode(error, "EEXIST")) return false;
		throw error;
	}
}

/** Removes a lock that said `content`, and not the one that another process has put in its place meanwhile. */
function removeDead(path: string, content: string): void {
	const aside = temporaryBeside(path);
	try {
		renameSync(path, aside);
	} catch (error) {
		if (hasCode(error, "ENOENT")) return;
		throw error;
	}
	if (readIfThere(aside) === content) rmSync(aside, { force: true });
	else renameSync(aside, path);
}

function readIfThere(path: string): string {
	try {
		return readFileSync(path, "utf8");
	} catch (error) {
		if (hasCode(error, "ENOENT")) return "";
		throw asFileError(error, path);
	}
}

/** Whether a process of this id runs, of whichever user. */
export function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		// Another user's process may not be signalled, but it is there.
		return hasCode(error, "EPERM");
	}
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
	return codes.includes((error as NodeJS.ErrnoException).code ?? "");
}
