import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The folder of the starter kit, which comes with the program: a small model and its problems. */
export const STARTER_DIR = fileURLToPath(new URL("../../../resources/starter", import.meta.url));

const PARTS = [
	{ id: "starter-train", name: "Starter problems, training", file: "train.jsonl" },
	{ id: "starter-validation", name: "Starter problems, validation", file: "validation.jsonl" },
	{ id: "starter-test", name: "Starter problems, test", file: "test.jsonl" },
] as const;

/** Data sets that come with the program and cannot be removed. */
export function builtInData(starterDir: string): { id: string; name: string; path: string }[] {
	return PARTS.map(({ id, name, file }) => ({ id, name, path: `${starterDir}/data/${file}` })).filter(
		({ path }) => existsSync(path),
	);
}
