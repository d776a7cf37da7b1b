import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { loadDataset } from "./dataset.ts";
import { promptKeyOf } from "./examples.ts";
import { failure, jsonl, load, write } from "./testing/files.ts";

describe("file formats", () => {
	const rows = [
		{ prompt: 'quo"ted, né 🙂', response: "two\nlines", reward: 0.5 },
		{ prompt: "[1] not a list", response: "NaN", reward: -1 },
		{ prompt: "back\\slash}]", response: "r", reward: 0 },
	];
	const expected = rows.map((row, i) => ({ row: i + 1, promptKey: promptKeyOf(row.prompt), ...row }));
	const csv = (separator: string, eol: string): string => {
		const cell = (value: unknown): string => `"${String(value).replaceAll('"', '""')}"`;
		const lines = rows.map((row) => [cell(row.prompt), cell(row.response), row.reward].join(separator));
		return [["prompt", "response", "reward"].join(separator), ...lines].join(eol);
	};
	const sources: [string, string][] = [
		["a.jsonl", jsonl(...rows)],
		["no-end.jsonl", jsonl(...rows).trimEnd()],
		["crlf.ndjson", jsonl(...rows).replaceAll("\n", "\r\n")],
		["lines.json", jsonl(...rows)],
		["array.json", JSON.stringify(rows)],
		["pretty.json", `\n ${JSON.stringify(rows, null, "\t")}\r\n`],
		["array.jsonl", JSON.stringify(rows)],
		["a.csv", csv(",", "\n")],
		["crlf.csv", `${csv(",", "\r\n")}\r\n`],
		["semicolon.csv", csv(";", "\n")],
		["a.tsv", csv("\t", "\n")],
		["noname", jsonl(...rows)],
	];
	it.each(sources)("%s, with a byte order mark, and gzipped", async (name, text) => {
		for (const content of [text, `\uFEFF${text}`]) {
			for (const [file, bytes] of [
				[name, Buffer.from(content)],
				[`${name}.gz`, gzipSync(content)],
			] as const) {
				const dataset = await load(file, bytes);
				expect(dataset.problems.list).toEqual([]);
				expect(dataset.examples).toEqual(expected);
				expect(dataset.contentHash).toBe(createHash("sha256").update(bytes).digest("hex"));
			}
		}
	});

	it("reads rows that fall across chunks as any others", async () => {
		const many = Array.from({ length: 3000 }, (_, i) => ({
			prompt: `${i} ${'é🙂\n",['.repeat(i % 30)}`,
			response: "r",
			reward: i,
		}));
		const lines = many.map((row) => `"${row.prompt.replaceAll('"', '""')}",r,${row.reward}`);
		const sets = [
			await load("many.jsonl", jsonl(...many)),
			await load("many.json", JSON.stringify(many, null, 1)),
			await load("many.csv.gz", gzipSync(`prompt,response,reward\n${lines.join("\n")}`)),
		];
		for (const { examples, problems } of sets) {
			expect(problems).toEqual({ list: [], counts: {}, errors: 0, warnings: 0, rows: 3000 });
			expect(examples.map(({ prompt, reward }) => ({ prompt, response: "r", reward }))).toEqual(many);
		}
	});

	it("reads labels and lists out of CSV cells", async () => {
		const { examples, problems } = await load(
			"cells.csv",
			'prompt,completions,labels\np,"[""a"", ""b""]","[true, 0]"\nq,nothing,[true]\n',
		);
		expect(examples.map((example) => example.segmentRewards)).toEqual([[1, 0]]);
		expect(problems.list.map(({ row, column, code }) => [row, column, code])).toEqual([
			[2, "completions", "wrong-type"],
		]);
		const labels = await load("labels.csv", "prompt,completion,label\na,b,True\nc,d,0\ne,f,maybe\n");
		expect(labels.examples.map((example) => example.reward)).toEqual([1, 0]);
		expect(labels.problems.counts).toEqual({ "unknown-label": 1 });
	});

	const fixtures = path.resolve(import.meta.dirname, "../../fixtures/datasets");
	it.each(["none", "snappy", "gzip", "brotli", "zstd", "lz4"])("Parquet by pyarrow, %s", async (codec) => {
		const file = path.join(fixtures, `scored-${codec}.parquet`);
		const dataset = await loadDataset(file);
		const gzipped = await load("again.parquet.gz", gzipSync(readFileSync(file)));
		expect(dataset.kind).toBe("scored");
		expect(
			dataset.examples.map(({ prompt, response, reward, label }) => [prompt, response, reward, label]),
		).toEqual([
			["Häagen-Dazs? 🙂", "#### 18\n", 1, true],
			["two\nlines", "#### 7", -0.25, false],
			["same".repeat(500), "long ".repeat(300), 0.5, true],
		]);
		expect(gzipped.examples).toEqual(dataset.examples);
	});

	it("Parquet with lists, row groups, integers and nulls", async () => {
		const chats = await loadDataset(path.join(fixtures, "messages.parquet"));
		expect(chats.examples.map(({ row, response }) => [row, response])).toEqual(
			[0, 1, 2, 3, 4].map((i) => [i + 1, `a${i}`]),
		);
		const steps = await loadDataset(path.join(fixtures, "stepwise.parquet"));
		expect(steps.examples[0]).toMatchObject({ segments: ["one\n", "two"], segmentRewards: [1, 0] });
		const integers = await loadDataset(path.join(fixtures, "integer-reward.parquet"));
		expect(integers.examples.map((example) => example.reward)).toEqual([1]);
		expect(integers.problems.list.map(({ row, column, code }) => [row, column, code])).toEqual([
			[2, "reward", "missing-field"],
		]);
	});

	it("damaged Parquet", async () => {
		const whole = readFileSync(path.join(fixtures, "scored-snappy.parquet"));
		for (const size of [4, 12, 100, 2000, whole.length - 1]) {
			expect((await failure(write("cut.parquet", whole.subarray(0, size)))).code, String(size)).toBe(
				"file-corrupt",
			);
		}
		expect((await failure(write("text.parquet", "hello, this is no parquet file"))).code).toBe(
			"file-corrupt",
		);
		for (let at = 4; at < whole.length; at += 41) {
			const spoilt = Buffer.from(whole);
			spoilt[at] = (spoilt[at] ?? 0) ^ 0xff;
			const thrown: unknown = await load("spoilt.parquet", spoilt).catch((error: unknown) => error);
			if (thrown instanceof Error) expect(thrown.name, `byte ${at}: ${thrown.stack}`).toBe("AppError");
		}
	});
});
