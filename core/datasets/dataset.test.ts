import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AppError } from "../contract/errors.ts";
import { type LoadOptions, loadDataset } from "./dataset.ts";
import { promptKeyOf } from "./examples.ts";
import { requireClean } from "./problems.ts";

let dir: string;
beforeAll(() => {
	dir = mkdtempSync(path.join(tmpdir(), "dqo-datasets-"));
});
afterAll(() => rmSync(dir, { recursive: true }));

let files = 0;
function write(name: string, content: string | Buffer): string {
	const file = path.join(dir, `${++files}-${name}`);
	writeFileSync(file, content);
	return file;
}
const jsonl = (...rows: unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const load = (name: string, content: string | Buffer, options?: LoadOptions) =>
	loadDataset(write(name, content), options);
async function failure(file: string, options?: LoadOptions): Promise<AppError> {
	const thrown: unknown = await loadDataset(file, options).catch((error: unknown) => error);
	expect(thrown).toHaveProperty("name", "AppError");
	const error = thrown as AppError;
	expect(error.message).toContain(file);
	expect(error.hint.length).toBeGreaterThan(15);
	return error;
}
const scored = (n: number) => ({ prompt: `p${n}`, response: `r${n}`, reward: n / 2 });

describe("forms", () => {
	it.each([
		["question-answer", { question: "q", answer: "a #### 1" }, { prompt: "q", reference: "a #### 1" }],
		["problem-solution", { problem: "q", solution: "s" }, { prompt: "q", reference: "s" }],
		[
			"problem-solution",
			{ problem: "q", solution: "s", answer: "7", level: 2 },
			{ prompt: "q", reference: "7" },
		],
		["prompt-only", { prompt: "q" }, { prompt: "q" }],
		["prompt-only", { prompt: "q", answer: "7" }, { prompt: "q", reference: "7" }],
		["prompt-completion", { prompt: "q", completion: "r" }, { prompt: "q", response: "r" }],
		["scored", { prompt: "q", response: "r", reward: -0.5 }, { prompt: "q", response: "r", reward: -0.5 }],
		[
			"scored",
			{ prompt: "q", completion: "r", label: true },
			{ prompt: "q", response: "r", label: true, reward: 1 },
		],
		[
			"scored",
			{ prompt: "q", response: "r", reward: 3, label: 0, behaviour_logprobs: [-1, 0], source: "m" },
			{ prompt: "q", response: "r", reward: 3, label: false, behaviourLogprobs: [-1, 0], source: "m" },
		],
		[
			"scored",
			{ prompt: "q", response: "ab", reward: 1, segments: ["a", "b"], segment_rewards: [1, 0] },
			{ prompt: "q", response: "ab", reward: 1, segments: ["a", "b"], segmentRewards: [1, 0] },
		],
		[
			"stepwise",
			{ prompt: "q", completions: ["a", "b\n", "c"], labels: [true, true, false] },
			{ prompt: "q", response: "a\nb\nc", segments: ["a\n", "b\n", "c"], segmentRewards: [1, 1, 0] },
		],
		["preference", { prompt: "q", chosen: "c", rejected: "r" }, { prompt: "q", chosen: "c", rejected: "r" }],
		["alpaca", { instruction: "i", input: "", output: "o" }, { prompt: "i", response: "o" }],
		["alpaca", { instruction: "i", input: "x", output: "o" }, { prompt: "i\nx", response: "o" }],
	])("%s %j", async (kind, row, expected) => {
		const dataset = await load("form.jsonl", jsonl(row));
		expect(dataset.problems.list).toEqual([]);
		expect(dataset.kind).toBe(kind);
		expect(dataset.examples).toEqual([{ row: 1, promptKey: promptKeyOf(expected.prompt), ...expected }]);
	});

	const user = { role: "user", content: "q" };
	const assistant = { role: "assistant", content: "r" };
	it.each([
		["messages", { messages: [user, assistant] }, { prompt: [user], response: "r" }],
		["prompt-completion", { prompt: [user], completion: [assistant] }, { prompt: [user], response: "r" }],
		[
			"preference",
			{ chosen: [user, assistant], rejected: [user, { role: "assistant", content: "x" }] },
			{ prompt: [user], chosen: "r", rejected: "x" },
		],
		[
			"sharegpt",
			{
				conversations: [
					{ from: "human", value: "q" },
					{ from: "gpt", value: "r" },
				],
				kto_tag: false,
			},
			{ prompt: [user], response: "r", label: false, reward: 0 },
		],
		[
			"alpaca",
			{ instruction: "q", output: "r", system: "s", history: [["a", "b"]] },
			{
				prompt: [
					{ role: "system", content: "s" },
					{ role: "user", content: "a" },
					{ role: "assistant", content: "b" },
					user,
				],
				response: "r",
			},
		],
	])("%s in messages", async (kind, row, expected) => {
		const dataset = await load("chat.jsonl", jsonl(row));
		expect(dataset.problems.list).toEqual([]);
		expect(dataset.kind).toBe(kind);
		expect(dataset.examples).toEqual([{ row: 1, promptKey: promptKeyOf(expected.prompt), ...expected }]);
	});

	it("makes one example of each model's output", async () => {
		const row = {
			question: "q",
			ground_truth: "A: 3",
			small: { solution: "2", is_correct: false },
			large: { solution: "3", is_correct: true },
		};
		const { kind, examples } = await load("outputs.jsonl", jsonl(row));
		expect(kind).toBe("model-outputs");
		expect(
			examples.map(({ source, response, reward, label, reference, row: number }) => [
				source,
				response,
				reward,
				label,
				reference,
				number,
			]),
		).toEqual([
			["small", "2", 0, false, "A: 3", 1],
			["large", "3", 1, true, "A: 3", 1],
		]);
	});

	it("takes labels in words of their own once it is said what they mean, in JSON and in CSV", async () => {
		const columns = { ok: { as: "label", values: { yes: true, correct: true, "0": false } } };
		const rows = ["yes", "correct", "0", "perhaps"].map((ok, i) => ({
			prompt: `p${i}`,
			completion: "r",
			ok,
		}));
		const csv = `prompt,completion,ok\n${rows.map(({ prompt, ok }) => `${prompt},r,${ok}\n`).join("")}`;
		for (const [name, content] of [
			["ok.jsonl", jsonl(...rows)],
			["ok.csv", csv],
		] as const) {
			const { examples, problems } = await load(name, content, { columns });
			expect(examples.map(({ label }) => label)).toEqual([true, true, false]);
			expect(problems.counts).toEqual({ "unknown-label": 1 });
		}
	});

	it("renames columns, and can be told the kind", async () => {
		const row = { q: "question", a: "answer", prompt: "something else", score: 1 };
		const options = { columns: { q: "prompt", a: "completion", score: "reward" } };
		const mapped = await load("map.jsonl", jsonl(row), options);
		expect(mapped.kind).toBe("scored");
		expect(mapped.examples[0]).toMatchObject({ prompt: "question", response: "answer", reward: 1 });
		const told = await load("told.jsonl", jsonl(row), { ...options, kind: "prompt-completion" });
		expect(told.examples[0]?.reward).toBeUndefined();
		const wrong = await failure(write("wrong.jsonl", jsonl(row)), { columns: { quest: "prompt" } });
		expect(wrong.message).toMatch(/no column "quest"; it has q, a, prompt, score/);
	});

	it("gives a text and one user message the same key", () => {
		expect(promptKeyOf("x")).toBe(promptKeyOf([{ content: "x", role: "user" }]));
		expect(promptKeyOf("x")).not.toBe(promptKeyOf("x "));
		expect(promptKeyOf("x")).toMatch(/^[0-9a-f]{16}$/);
	});
});

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

describe("problems", () => {
	it("finds every one of them and keeps the good rows", async () => {
		const lines = [
			JSON.stringify(scored(1)),
			'{"prompt": "a", "response": "b", "reward": NaN}',
			'{"prompt": "a", "response": "b", "reward": -Infinity}',
			'{"prompt": "a", "response": "b", "reward": 1e999}',
			'{"prompt": "a", "response": "b", "reward": "1"}',
			'{"prompt": "a", "response": "b"}',
			'{"prompt": "a", "response": "  ", "reward": 1}',
			'{"prompt": "", "response": "b", "reward": 1}',
			'{"prompt": 5, "response": null, "reward": 1}',
			'{"prompt": "a", "response": "b", "reward": 1',
			"[1, 2]",
			'{"prompt": "a", "response": "b", "label": "yes"}',
			'{"prompt": [{"role": "bot", "content": "x"}], "response": "b", "reward": 1}',
			'{"prompt": [], "response": "b", "reward": 1}',
			'{"prompt": "a\\ud800", "response": "b", "reward": 1}',
			JSON.stringify(scored(1)),
			'{"prompt": "a", "response": "b", "reward": 1, "behaviour_logprobs": [-1, 0.5, "x"]}',
			'{"prompt": "a", "response": "b", "reward": 1, "segments": ["b"], "segment_rewards": [1, 2]}',
			"",
			JSON.stringify(scored(2)),
		];
		const { examples, problems } = await load("problems.jsonl", lines.join("\n"));
		expect(examples.map((example) => example.row)).toEqual([1, 15, 16, 20]);
		expect(problems.list.map(({ row, column, code }) => [row, column, code])).toEqual([
			[2, "reward", "not-finite"],
			[3, "reward", "not-finite"],
			[4, "reward", "not-finite"],
			[5, "reward", "wrong-type"],
			[6, "reward", "missing-field"],
			[7, "response", "empty-response"],
			[8, "prompt", "empty-prompt"],
			[9, "prompt", "wrong-type"],
			[9, "completion", "missing-field"],
			[10, null, "bad-json"],
			[11, null, "not-an-object"],
			[12, "label", "unknown-label"],
			[13, "prompt", "unknown-role"],
			[14, "prompt", "empty-prompt"],
			[15, "prompt", "lone-surrogate"],
			[16, null, "duplicate-row"],
			[17, "behaviour_logprobs", "positive-logprob"],
			[17, "behaviour_logprobs", "wrong-type"],
			[18, "segment_rewards", "length-mismatch"],
		]);
		expect([problems.errors, problems.warnings, problems.rows]).toEqual([17, 2, 19]);
		expect(problems.counts["not-finite"]).toBe(3);
		for (const { message, hint } of problems.list) expect(message.length * hint.length).toBeGreaterThan(100);
		const bad = problems.list.find((problem) => problem.code === "bad-json");
		expect(bad?.message).toMatch(/column 45, where the row ends too early/);
	});

	it("are told together with columns that make no known form", async () => {
		const content = `${jsonl({ input: "a", target: "b" })}{"input": "c"\n`;
		for (const options of [{}, { columns: { nowhere: "prompt" } }]) {
			const error = await failure(write("both.jsonl", content), options);
			expect(error.code).toBe("data-invalid");
			expect(error.message).toMatch(/none of the known forms|no column "nowhere"/);
			expect(error.message).toMatch(/Besides, .*1 error in 2 rows \(1 × bad-json\):\n {2}row 2: /);
			expect(error.details).toMatchObject({ errors: 1, rows: 2, list: [{ row: 2, code: "bad-json" }] });
		}
	});

	it("lists up to the cap and counts them all", async () => {
		const content = jsonl(
			scored(1),
			...Array.from({ length: 250 }, (_, i) => ({ ...scored(i + 2), reward: "x" })),
		);
		const { problems } = await load("cap.jsonl", content);
		expect([problems.list.length, problems.errors, problems.counts]).toEqual([
			100,
			250,
			{ "wrong-type": 250 },
		]);
		expect((await load("cap.jsonl", content, { maxProblems: 3 })).problems.list.length).toBe(3);
	});

	it("gives the row and byte of what is not UTF-8", async () => {
		const good = Buffer.from('{"prompt":"é');
		for (const wrong of [[0xe9], [0xef, 0xbf], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0x80]]) {
			const line = Buffer.concat([good, Buffer.from(wrong), Buffer.from('"}\n')]);
			const { problems } = await load(
				"latin1.jsonl",
				Buffer.concat([Buffer.from(jsonl({ prompt: "x" })), line]),
			);
			expect(problems.list).toMatchObject([{ row: 2, code: "not-utf8" }]);
			expect(problems.list[0]?.message).toContain(
				`Byte ${good.length + 1} of the row (0x${wrong[0]?.toString(16)})`,
			);
		}
	});

	it("keeps CSV rows with wrong field counts or quotes apart", async () => {
		const text = 'prompt,response,reward\na,b,1\na,b\na,b,1,2\n"a"x,b,1\nc,d,2\n"never closed,b,1\nd,e,3\n';
		const { examples, problems } = await load("quotes.csv", text);
		expect(examples.map((example) => example.row)).toEqual([1, 5]);
		expect(problems.list.map(({ row, code }) => [row, code])).toEqual([
			[2, "field-count"],
			[3, "field-count"],
			[4, "bad-csv"],
			[6, "bad-csv"],
		]);
	});

	it("takes an empty CSV cell for a missing value, or for empty text", async () => {
		const { problems } = await load(
			"empty.csv",
			"prompt,response,reward,label\na,b,,1\na,b,,\na,,1,\n,b,1,\n",
		);
		expect(problems.list.map(({ row, column, code }) => [row, column, code])).toEqual([
			[2, "reward", "missing-field"],
			[3, "response", "empty-response"],
			[4, "prompt", "empty-prompt"],
		]);
	});

	it("numbers the elements of an array, also the spoilt ones", async () => {
		const { examples, problems } = await load(
			"array.json",
			'[{"prompt": "a"},, {"prompt" 1}, {"prompt": "b"},]',
		);
		expect(examples.map((example) => example.row)).toEqual([1, 4]);
		expect(problems.list.map(({ row, code }) => [row, code])).toEqual(
			[2, 3, 5].map((row) => [row, "bad-json"]),
		);
	});

	it("refuses conversations that do not end with one reply to the same prompt", async () => {
		const turn = (role: string, content: string) => ({ role, content });
		const pair = {
			chosen: [turn("user", "a"), turn("assistant", "x")],
			rejected: [turn("user", "b"), turn("assistant", "y")],
		};
		const unlike = await load("pair.jsonl", jsonl(pair));
		const open = await load("open.jsonl", jsonl({ messages: [turn("assistant", "x"), turn("user", "a")] }));
		const alone = await load("alone.jsonl", jsonl({ messages: [turn("assistant", "x")] }));
		for (const { examples, problems } of [unlike, open, alone]) {
			expect([examples.length, problems.counts]).toEqual([0, { "unfit-conversation": 1 }]);
		}
	});

	it("requireClean stops at errors and lets warnings pass", async () => {
		const clean = await load("warn.jsonl", jsonl(scored(1), scored(1)));
		expect(clean.problems.counts).toEqual({ "duplicate-row": 1 });
		expect(requireClean(clean)).toBeUndefined();
		const spoilt = await load(
			"spoilt.jsonl",
			jsonl(scored(1), { ...scored(2), reward: null }, { ...scored(3), prompt: 1 }),
		);
		expect(() => requireClean(spoilt)).toThrow(
			/2 errors in 3 rows \(1 × missing-field, 1 × wrong-type\):\n {2}row 2, column "reward": .*\n {2}row 3/,
		);
	});

	it("names a row of 200 MB without holding it", { timeout: 30_000 }, async () => {
		const file = write("sparse.jsonl", jsonl(scored(1)));
		truncateSync(file, 200 * 2 ** 20);
		await appendFile(file, `\n${jsonl(scored(2))}`);
		const before = process.memoryUsage().rss;
		let peak = before;
		const watch = setInterval(() => {
			peak = Math.max(peak, process.memoryUsage().rss);
		}, 5);
		const { examples, problems } = await loadDataset(file);
		clearInterval(watch);
		rmSync(file);
		expect(examples.map((example) => example.row)).toEqual([1, 3]);
		expect(problems.list).toMatchObject([{ row: 2, code: "line-too-long", message: /200 MiB.*64 MiB/ }]);
		expect((peak - before) / 2 ** 20).toBeLessThan(150);
	});
});

const data = path.resolve(process.env.DQO_DATA_DIR ?? path.join(import.meta.dirname, "../../../shared/data"));
describe.skipIf(!existsSync(data))("real data sets (skipped when DQO_DATA_DIR is absent)", () => {
	it.each([
		["gsm8k/train.jsonl", "question-answer", 7473],
		["gsm8k/test.jsonl", "question-answer", 1319],
		["gsm8k/example_model_solutions.jsonl", "model-outputs", 5276],
		["math/math500.jsonl", "problem-solution", 500],
	])("%s is a clean %s", async (name, kind, count) => {
		const dataset = await loadDataset(path.join(data, name));
		expect([dataset.kind, dataset.examples.length, dataset.problems.errors]).toEqual([kind, count, 0]);
	});
});
