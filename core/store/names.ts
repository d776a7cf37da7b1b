import { existsSync } from "node:fs";
import { join } from "node:path";

/** What a folder holds and when it was made (UTC), such as `dqo-20260131-174502`. */
export function datedName(what: string, now = new Date()): string {
	const stamp = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
	return `${what}-${stamp}`;
}

/** The name, with a number after it where the folder has one of that name. */
export function freeName(dir: string, name: string): string {
	for (let n = 1; ; n++) {
		const numbered = n === 1 ? name : `${name}-${n}`;
		if (!existsSync(join(dir, numbered))) return numbered;
	}
}
