import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../contract/errors.ts";
import { defaultDataDir } from "./data-dir.ts";
import { guardFile, makeFolder, removeTemporaries } from "./files.ts";
import { isAlive, runLockHolder, takeRunLock } from "./run-lock.ts";

/** A copy that nobody used for this long is deleted when another is written. */
const KEPT_DAYS = 14;
/** What lacks its file for longer was left by a process that was ended while it wrote. */
const UNFINISHED_MS = 60_000;
const WAIT_MS = 200;
const SCRATCH = "scratch-";

/** Where float32 copies of models lie that are stored otherwise: one for all runs, sweeps and windows of this user. */
export function weightsCacheDir(): string {
	return join(defaultDataDir(), "cache", "weights");
}

/**
 * The file of the cache that is named by `hash`; `write` makes it where it is missing, once, however many processes ask. A
 * file that is deleted while it is mapped lives on until its last reader ends, or is kept by the system. Throws `disk-full`.
 */
export function cachedWeights(hash: string, write: (path: string) => void): string {
	const dir = join(weightsCacheDir(), hash);
	const path = join(dir, "model.safetensors");
	for (;;) {
		if (existsSync(path)) {
			const now = new Date();
			// The folder's time, as the file's own would look like a change of its content.
			guardFile(dir, () => utimesSync(dir, now, now));
			return path;
		}
		const unlock = tryLock(dir);
		if (unlock === null) {
			// Another process is writing it. Nothing else can be done meanwhile.
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_MS);
			continue;
		}
		try {
			if (!existsSync(path)) {
				prune();
				removeTemporaries(path);
				write(path);
			}
		} finally {
			unlock();
		}
	}
}

/** A new folder of this process for weights that change; give it back with `rmSync`. One left by a process that was ended is deleted by a later one. */
export function scratchWeightsDir(): string {
	makeFolder(weightsCacheDir());
	prune();
	return guardFile(weightsCacheDir(), () =>
		mkdtempSync(join(weightsCacheDir(), `${SCRATCH}${process.pid}-`)),
	);
}

function tryLock(dir: string): (() => void) | null {
	try {
		return takeRunLock(dir);
	} catch (error) {
		if (error instanceof AppError && error.code === "run-exists") return null;
		throw error;
	}
}

/** Deletes what is left over. What another process holds open on Windows cannot be deleted, and stays for the next time. */
function prune(): void {
	const root = weightsCacheDir();
	if (!existsSync(root)) return;
	for (const name of readdirSync(root)) {
		const dir = join(root, name);
		try {
			const dead = name.startsWith(SCRATCH)
				? !isAlive(Number(name.slice(SCRATCH.length).split("-")[0]))
				: isUnused(dir, Date.now() - statSync(dir).mtimeMs);
			if (dead) rmSync(dir, { recursive: true, force: true });
		} catch {
			// Another process has just deleted it.
		}
	}
}

function isUnused(dir: string, idleMs: number): boolean {
	if (existsSync(join(dir, "model.safetensors"))) return idleMs > KEPT_DAYS * 86_400_000;
	return idleMs > UNFINISHED_MS && runLockHolder(dir) === null;
}
