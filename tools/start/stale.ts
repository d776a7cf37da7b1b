import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** Whether a built file is missing or older than any of its sources, which are files and folders. */
export function isStale(built: string, sources: readonly string[]): boolean {
	if (!existsSync(built)) return true;
	const builtMs = statSync(built).mtimeMs;
	return sources.some((source) => newest(source) > builtMs);
}

function newest(path: string): number {
	const stat = statSync(path, { throwIfNoEntry: false });
	if (stat === undefined) return 0;
	if (!stat.isDirectory()) return stat.mtimeMs;
	// A folder's own time tells of files that were taken away.
	return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}
