import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

const made: string[] = [];

afterAll(() => {
	for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true });
});

/** A new empty folder for a test, removed after the last test of its file. */
export function temporaryFolder(): string {
	const dir = mkdtempSync(join(tmpdir(), "dqo-test-"));
	made.push(dir);
	return dir;
}
