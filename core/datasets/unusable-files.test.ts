import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { loadDataset } from "./dataset.ts";
import { dir, failure, jsonl, scored, write } from "./testing/files.ts";

describe("files that cannot be used", () => {
	it.each<[string, string, () => string]>([
		["missing", "file-missing", () => path.join(dir, "nowhere.jsonl")],
		["under a file", "file-missing", () => path.join(write("file", "x"), "inside.jsonl")],
		["a folder", "file-unreadable", () => dir],
		["empty", "data-empty", () => write("empty.jsonl", "")],
		["blank lines", "data-empty", () => write("blank.jsonl", "\n \r\n\n")],
		["only a byte order mark", "data-empty", () => write("bom.jsonl", "\uFEFF")],
		["an empty array", "data-empty", () => write("array.json", " [ ] ")],
		["only a header", "data-empty", () => write("header.csv", "prompt,response,reward\n")],
		["gzip of nothing", "data-empty", () => write("none.jsonl.gz", gzipSync(""))],
		["UTF-16", "file-unreadable", () => write("utf16.jsonl", Buffer.from('\uFEFF{"prompt":"a"}', "utf16le"))],
		[
			"truncated gzip",
			"file-corrupt",
			() => write("cut.jsonl.gz", gzipSync(jsonl(scored(1), scored(2))).subarray(0, 40)),
		],
		[
			"damaged gzip",
			"file-corrupt",
			() => write("bad.jsonl.gz", Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.alloc(50)])),
		],
		["an open array", "file-corrupt", () => write("open.json", '[{"prompt": "a"}, {"prompt": "b"}')],
		["text after the array", "file-corrupt", () => write("after.json", '[{"prompt": "a"}] [1]')],
		["unknown columns", "data-invalid", () => write("cols.jsonl", jsonl({ input: "a", target: "b" }))],
		["a header twice", "data-invalid", () => write("twice.csv", "prompt,prompt\na,b\n")],
		["no format", "data-invalid", () => write("picture.png", Buffer.from([0x89, 0x50, 0x4e, 0x47]))],
		["nothing but bad rows", "data-invalid", () => write("bad.jsonl", "nonsense\n{also\n")],
	])("%s", async (_, code, make) => expect((await failure(make())).code).toBe(code));

	it("too much to hold", async () => {
		const file = write("large.jsonl", jsonl(scored(1), scored(2), scored(3)));
		expect((await failure(file, { maxBytes: 60 })).code).toBe("out-of-memory");
	});

	it("leaves the file as it was", async () => {
		const file = write("same.jsonl", `${jsonl(scored(1))}nonsense\n`);
		const before = readFileSync(file);
		await loadDataset(file);
		expect(readFileSync(file).equals(before)).toBe(true);
	});
});
