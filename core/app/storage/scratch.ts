import { rmSync } from "node:fs";
import { join } from "node:path";

const WORK = ["compare", "dry-run"] as const;

/** Where files of work lie that nobody wants once it is over; each piece of work deletes its own. */
export function scratchDir(dataDir: string, work: (typeof WORK)[number]): string {
	return join(dataDir, "cache", work);
}

/** Deletes what is left of work whose app was ended: checkpoints of a dry run are large. Nothing may be at work yet. */
export function removeScratch(dataDir: string): void {
	for (const work of WORK) rmSync(scratchDir(dataDir, work), { recursive: true, force: true });
}
