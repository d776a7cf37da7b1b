import { existsSync } from "node:fs";
import { join, parse } from "node:path";

/** Folder of our own copies of data: what was uploaded or pasted. */
export function importsDir(dataDir: string): string {
	return join(dataDir, "imports");
}

/** A path in the imports folder that nothing has yet: `data.jsonl`, then `data (2).jsonl`. */
export function importTarget(dataDir: string, name: string): string {
	const { name: stem, ext } = parse(name);
	for (let count = 1; ; count++) {
		const path = join(importsDir(dataDir), count === 1 ? name : `${stem} (${count})${ext}`);
		if (!existsSync(path)) return path;
	}
}
