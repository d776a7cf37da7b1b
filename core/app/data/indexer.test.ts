import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../store/testing/temporary-folder.ts";
import { buildIndex } from "./indexer.ts";

const ROWS = Array.from({ length: 200 }, (_, i) =>
	JSON.stringify({ prompt: `${i} + 1 =`, completion: String(Math.sin(i)), label: true }),
).join("\n");

const index = (dir: string, path: string) => buildIndex({ dir, path, columns: {}, kind: null }, () => {});

// A device that refuses every byte as a full disk does.
test.skipIf(!existsSync("/dev/full"))("a disk that fills up meanwhile is no bug", async () => {
	const root = temporaryFolder();
	writeFileSync(join(root, "data.jsonl"), ROWS);
	const dir = join(root, "index");
	mkdirSync(dir);
	symlinkSync("/dev/full", join(dir, "rows.bin"));
	await expect(index(dir, join(root, "data.jsonl"))).rejects.toMatchObject({
		code: "disk-full",
		message: expect.stringContaining("rows.bin"),
	});
});

test("nothing stays of a packed file that breaks off", async () => {
	const root = temporaryFolder();
	const packed = gzipSync(ROWS);
	writeFileSync(join(root, "data.jsonl.gz"), packed.subarray(0, packed.length - 20));
	const dir = join(root, "index");
	const { state, failure } = await index(dir, join(root, "data.jsonl.gz"));
	expect(state).toBe("failed");
	expect(failure).toMatchObject({ error: { code: "file-corrupt" } });
	expect(readdirSync(dir).filter((name) => name.startsWith("rows-"))).toEqual([]);
});
