import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { importsDir, importTarget } from "./imports.ts";

it("gives a file whose name is taken a number", () => {
	const dir = mkdtempSync(join(tmpdir(), "dqo-imports-"));
	mkdirSync(importsDir(dir));
	const add = (name: string) => {
		const path = importTarget(dir, name);
		writeFileSync(path, "");
		return path.slice(importsDir(dir).length + 1);
	};
	expect(["a.jsonl", "a.jsonl", "a.jsonl", "b"].map(add)).toEqual([
		"a.jsonl",
		"a (2).jsonl",
		"a (3).jsonl",
		"b",
	]);
	rmSync(dir, { recursive: true, force: true });
});
