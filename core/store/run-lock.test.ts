import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runLockHolder, takeRunLock } from "./run-lock.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

it("lets one writer in, and the next after it has left", () => {
	const dir = join(temporaryFolder(), "new");
	const release = takeRunLock(dir);
	expect(runLockHolder(dir)).toBe(process.pid);
	expect(() => takeRunLock(dir)).toThrow(/Another process/);
	release();
	expect([runLockHolder(dir), existsSync(join(dir, ".lock"))]).toEqual([null, false]);
	takeRunLock(dir)();
});

it("respects a living process's lock and takes over a dead one's", async () => {
	const dir = temporaryFolder();
	const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"]);
	writeFileSync(join(dir, ".lock"), String(child.pid));
	expect(runLockHolder(dir)).toBe(child.pid);
	expect(() => takeRunLock(dir)).toThrow(String(child.pid));
	child.kill("SIGKILL");
	await once(child, "close");
	expect(runLockHolder(dir)).toBeNull();
	takeRunLock(dir)();
});

it.each(["", "no number", String(process.pid)])(
	"takes over a lock that says %j and is nobody's",
	(content) => {
		const dir = temporaryFolder();
		writeFileSync(join(dir, ".lock"), content);
		expect(runLockHolder(dir)).toBeNull();
		takeRunLock(dir)();
	},
);
