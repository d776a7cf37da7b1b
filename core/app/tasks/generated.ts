import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { TaskRecord } from "./record.ts";

/** A path for what a task makes, in the app's folder of generated files; the same at another try. */
export function generatedPath(dataDir: string, { id, name }: TaskRecord, suffix: string): string {
	const words = name
		.normalize("NFC")
		.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-")
		.replaceAll(/^[-.]+|[-.]+$/g, "");
	return join(dataDir, "generated", `${words.slice(0, 60) || "data"}-${id}${suffix}`);
}

/** Deletes the rows that a job left unfinished, with its settings beside them; see `RowsFile`. */
export async function removeUnfinished(path: string): Promise<void> {
	for (const left of [`${path}.partial`, `${path}.partial.json`]) await rm(left, { force: true });
}
