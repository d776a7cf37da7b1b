import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { AppError } from "../contract/errors.ts";
import { cached, cacheFile } from "./cache.ts";
import { CheckpointStore } from "./checkpoints.ts";
import {
	atomicWrite,
	removeTemporaries,
	sha256,
	sha256Files,
	temporaryBeside,
	writeAtomically,
} from "./files.ts";
import { JsonLinesWriter, readJsonLines } from "./json-lines.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";
import { readVersioned, type VersionedFormat, writeVersioned } from "./versioned.ts";

test("SHA-256 agrees with the standard's own example, whole and streamed over two files", async () => {
	// FIPS 180-2, appendix B.1: the message "abc".
	const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
	const dir = temporaryFolder();
	writeFileSync(join(dir, "1"), "a");
	writeFileSync(join(dir, "2"), "bc");
	expect(sha256("abc")).toBe(abc);
	expect(await sha256Files([join(dir, "1"), join(dir, "2")])).toBe(abc);
	await expect(sha256Files([join(dir, "3")])).rejects.toMatchObject({ code: "file-missing" });
});

test("a failed atomic write leaves the old content and no temporary file", () => {
	const dir = temporaryFolder();
	const path = join(dir, "a.json");
	atomicWrite(path, "old");
	expect(() =>
		writeAtomically(path, () => {
			throw new Error("crash");
		}),
	).toThrow("crash");
	expect(readFileSync(path, "utf8")).toBe("old");
	atomicWrite(path, new Uint8Array([110, 101, 119]));
	expect(readFileSync(path, "utf8")).toBe("new");
	expect(readdirSync(dir)).toEqual(["a.json"]);
});

const row = z.strictObject({ n: z.int() });

test("what an ended writer left is removed, and nothing else beside it", () => {
	const root = temporaryFolder();
	const path = join(root, "model");
	mkdirSync(join(temporaryBeside(path), "inner"), { recursive: true });
	writeFileSync(temporaryBeside(path), "half");
	for (const name of ["model", ".model", ".models.tmp-1-1"]) writeFileSync(join(root, name), "mine");
	removeTemporaries(path);
	expect(readdirSync(root).sort()).toEqual([".model", ".models.tmp-1-1", "model"]);
	removeTemporaries(join(root, "missing", "model"));
	removeTemporaries(join(path, "below-a-file"));
});

test("a torn last line is left out by the reader and cut off by the next writer", () => {
	const path = join(temporaryFolder(), "log.jsonl");
	const writer = new JsonLinesWriter(path, { sync: true });
	writer.append({ n: 1 });
	writer.append({ n: 2 });
	writer.close();
	appendFileSync(path, '{"n":');
	expect(readJsonLines(path, row)).toEqual([{ n: 1 }, { n: 2 }]);
	const second = new JsonLinesWriter(path);
	second.append({ n: 3 });
	second.close();
	expect(readFileSync(path, "utf8")).toBe('{"n":1}\n{"n":2}\n{"n":3}\n');
	// A whole line that only lacks its newline is kept.
	appendFileSync(path, '{"n":4}');
	expect(readJsonLines(path, row)).toHaveLength(4);
	new JsonLinesWriter(path).close();
	expect(readFileSync(path, "utf8").endsWith('{"n":4}\n')).toBe(true);
	expect(readJsonLines(join(temporaryFolder(), "none.jsonl"), row)).toEqual([]);
});

test("a bad line in the middle is named by its number, bad JSON and bad content alike", () => {
	const path = join(temporaryFolder(), "log.jsonl");
	writeFileSync(path, '{"n":1}\n{"n":\n{"n":3}\n');
	expect(() => readJsonLines(path, row)).toThrow(/line 2: not valid JSON/);
	writeFileSync(path, '{"n":1}\n{"n":2}\n{"n":"x"}\n');
	expect(() => readJsonLines(path, row)).toThrow(/line 3: n: /);
});

test("an old file is migrated step by step; a newer one and one without version are refused", () => {
	const path = join(temporaryFolder(), "thing.json");
	const format: VersionedFormat<{ schemaVersion: 3; title: string; tags: string[] }> = {
		what: "thing",
		version: 3,
		schema: z.strictObject({ schemaVersion: z.literal(3), title: z.string(), tags: z.array(z.string()) }),
		migrations: {
			1: ({ name, ...rest }) => ({ ...rest, title: name }),
			2: (old) => ({ ...old, tags: [] }),
		},
	};
	const old = '{"schemaVersion":1,"name":"x"}';
	writeFileSync(path, old);
	expect(readVersioned(path, format)).toEqual({ schemaVersion: 3, title: "x", tags: [] });
	expect(readFileSync(path, "utf8")).toBe(old);
	writeVersioned(path, format, { schemaVersion: 3, title: "y", tags: ["t"] });
	expect(readVersioned(path, format).tags).toEqual(["t"]);
	const refused = (text: string) => {
		writeFileSync(path, text);
		return expect(() => readVersioned(path, format));
	};
	refused('{"schemaVersion":4}').toThrow(/version 4; this program knows versions up to 3/);
	refused('{"name":"x"}').toThrow(/no schemaVersion/);
	refused('{"schemaVersion":3,"title":5,"tags":[]}').toThrow(/title: /);
	refused('{"schemaVersion":').toThrow(/not valid JSON/);
});

const put = (content: string) => (dir: string) => writeFileSync(join(dir, "model.safetensors"), content);

test("a checkpoint exists once its state.json does; the last and the best are found", async () => {
	const store = new CheckpointStore(join(temporaryFolder(), "checkpoints"));
	expect([store.list(), store.last(), store.best()]).toEqual([[], null, null]);
	await store.write(100, { loss: 2 }, put("a"));
	await store.write(20, { loss: 1 }, put("b"));
	mkdirSync(join(store.dir, "step-000300"));
	writeFileSync(join(store.dir, "step-000300", "model.safetensors"), "half");
	expect(store.list().map(({ step }) => step)).toEqual([20, 100]);
	expect(store.last()?.step).toBe(100);
	store.markBest(20);
	expect(store.best()?.step).toBe(20);
	expect((await store.open(100)).state).toEqual({ loss: 2 });
	// The half checkpoint's place and an existing checkpoint's place can both be written again.
	await store.write(300, { loss: 3 }, put("c"));
	await store.write(100, { loss: 4 }, put("d"));
	expect((await store.open(100)).state).toEqual({ loss: 4 });
	expect(readdirSync(store.dir).sort()).toEqual(["best.json", "step-000020", "step-000100", "step-000300"]);
});

test("a write that fails leaves no trace and the checkpoint before it as it was", async () => {
	const store = new CheckpointStore(join(temporaryFolder(), "checkpoints"));
	await store.write(1, "one", put("a"));
	const failing = store.write(1, "two", (dir) => {
		put("b")(dir);
		throw new Error("crash");
	});
	await expect(failing).rejects.toThrow("crash");
	expect(readdirSync(store.dir)).toEqual(["step-000001"]);
	expect((await store.open(1)).state).toBe("one");
});

test("a changed or lost file of a checkpoint is refused, naming the checkpoints that remain", async () => {
	const store = new CheckpointStore(join(temporaryFolder(), "checkpoints"));
	for (const step of [1, 2, 3]) await store.write(step, null, put("abc"));
	writeFileSync(join(store.dir, "step-000003", "model.safetensors"), "abd");
	const error = await store.open(3).catch((e: unknown) => e);
	expect(error).toMatchObject({ code: "file-corrupt", hint: "Use another checkpoint: step 1, step 2." });
	await expect(store.open(7)).rejects.toMatchObject({ code: "file-missing" });
	expect(() => store.markBest(7)).toThrow(AppError);
});

test("pruning keeps the newest and the best and clears what a crash left", async () => {
	const store = new CheckpointStore(join(temporaryFolder(), "checkpoints"));
	for (const step of [1, 2, 3, 4]) await store.write(step, null, put("abc"));
	store.markBest(1);
	mkdirSync(join(store.dir, ".step-000005.tmp-1-1"));
	store.prune(2);
	expect(readdirSync(store.dir).sort()).toEqual(["best.json", "step-000001", "step-000003", "step-000004"]);
	expect(store.best()?.step).toBe(1);
});

test("the cache gives back what was stored for the same key and nothing for another", async () => {
	const root = temporaryFolder();
	const arrays = new Map([
		["logprobs", Float32Array.of(-0.5, -1.25, Number.NEGATIVE_INFINITY)],
		["lengths", Float32Array.of(3)],
	]);
	let computed = 0;
	const compute = async () => {
		computed += 1;
		return arrays;
	};
	const key = { model: "a", template: "b", maxTokens: 4 };
	expect(await cached(root, key, compute)).toEqual(arrays);
	expect(await cached(root, { maxTokens: 4, template: "b", model: "a" }, compute)).toEqual(arrays);
	expect(computed).toBe(1);
	expect(cacheFile(root, { ...key, maxTokens: 5 }).read()).toBeNull();
});

test("a damaged cache entry is computed again, whichever byte is wrong", async () => {
	const root = temporaryFolder();
	const key = { model: "a" };
	const arrays = new Map([["x", Float32Array.of(1, 2)]]);
	const { path, read, write } = cacheFile(root, key);
	write(arrays);
	const good = readFileSync(path);
	for (let i = 0; i < good.length; i++) {
		const bad = Buffer.from(good);
		bad[i] = (bad[i] as number) ^ 1;
		writeFileSync(path, bad);
		expect(read()).toBeNull();
		writeFileSync(path, good.subarray(0, i));
		expect(read()).toBeNull();
	}
	expect(await cached(root, key, async () => arrays)).toEqual(arrays);
	expect(existsSync(path)).toBe(true);
});
