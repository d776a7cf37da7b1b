import { rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { AppError } from "../contract/errors.ts";
import { atomicWrite, readJson } from "../store/files.ts";
import { runLockHolder, takeRunLock } from "../store/run-lock.ts";

/** What the program that owns a data folder says about itself, for a second one that finds it there. */
const noteSchema = z.strictObject({ pid: z.int(), shell: z.enum(["electron", "browser"]), url: z.string() });

export interface Instance {
	/** Tells a second start where this one can be reached; the address carries no token. */
	announce(shell: "electron" | "browser", url: string): void;
	release(): void;
}

/**
 * Makes this process the only one that works in a data folder.
 * @throws AppError `run-exists` naming the process that has it and its address.
 */
export function takeDataDir(dataDir: string): Instance {
	const path = join(dataDir, "instance.json");
	const holder = runLockHolder(dataDir);
	if (holder !== null) throw alreadyOpen(dataDir, holder, path);
	const unlock = takeRunLock(dataDir);
	return {
		announce: (shell, url) => atomicWrite(path, `${JSON.stringify({ pid: process.pid, shell, url })}\n`),
		release: () => {
			rmSync(path, { force: true });
			unlock();
		},
	};
}

function alreadyOpen(dataDir: string, holder: number, path: string): AppError {
	const note = readNote(path);
	const known = note?.pid === holder ? note : null;
	const lock = `If process ${holder} is something else, delete ${join(dataDir, ".lock")}.`;
	const hint =
		known === null
			? `End it first, or give another folder with --data-dir. ${lock}`
			: known.shell === "electron"
				? `Use its window or close it, or give another folder with --data-dir. ${lock}`
				: `It serves ${known.url}: press Enter in its terminal for a fresh link, end it with Ctrl-C, or give another folder with --data-dir. ${lock}`;
	return new AppError({
		code: "run-exists",
		message: `DQO Studio already works in ${dataDir} (process ${holder}).`,
		hint,
		details: { pid: holder, url: known?.url ?? null },
	});
}

function readNote(path: string) {
	try {
		return noteSchema.parse(readJson(path));
	} catch {
		// A missing or broken note only makes the hint shorter.
		return null;
	}
}
