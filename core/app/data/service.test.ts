import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dataApi } from "../../contract/api-data.ts";
import { Desk, jsonl } from "./testing/desk.ts";

let desk: Desk;
beforeAll(() => {
	desk = new Desk();
});
afterAll(() => desk.close());

const fixture = (name: string) =>
	fileURLToPath(new URL(`../../../fixtures/datasets/${name}`, import.meta.url));
const scored = (n: number) =>
	Array.from({ length: n }, (_, i) => ({ prompt: `p${i >> 2}`, completion: `r${i}`, label: i % 4 === 0 }));
const page = (id: string, offset = 0, limit = 1000, whole = false) =>
	desk.call["data.rows"]({ id, offset, limit, whole });
const problems = async (id: string) =>
	dataApi["data.problems"].output.parse(await desk.call["data.problems"]({ id })).groups;

describe("a file", () => {
	it("is read in the background, told of as it goes, and its rows are given page by page", async () => {
		const entry = await desk.take("scored.jsonl", jsonl(...scored(1000)));
		expect(entry).toMatchObject({ state: "ready", kind: "scored", format: "jsonl", errors: 0, warnings: 0 });
		expect(entry).toMatchObject({ rows: 1000, usableRows: 1000, progress: null, failure: null });
		// The built-in data sets are read beside it, and told of too.
		const told = desk.pushes.filter((push) => push.type === "data" && push.entry.id === entry.id);
		expect(told.at(-1)).toEqual({ type: "data", entry });
		const summary = dataApi["data.summary"].output.parse(await desk.call["data.summary"]({ id: entry.id }));
		expect(summary).toMatchObject({ examples: 1000, prompts: 250, labelled: 1000, correct: 250 });
		expect(summary).toMatchObject({ responsesPerPrompt: 4, oneOutcomePrompts: 0 });
		expect(summary.methods).toEqual(["sft", "rs", "kto", "dro", "dqo"]);
		const last = dataApi["data.rows"].output.parse(await page(entry.id, 990, 50));
		expect(last).toMatchObject({ total: 1000, columns: ["prompt", "completion", "label"] });
		expect(last.rows).toHaveLength(10);
		expect(last.rows[3]).toEqual({ row: 994, level: null, values: ["p248", "r993", "false"] });
	});

	it("has its long values shortened, and whole where one row is asked for", async () => {
		const long = "a".repeat(5000);
		const { id } = await desk.take("long.jsonl", jsonl({ prompt: "p", completion: long, label: true }));
		expect((await page(id)).rows[0]?.values[1]).toHaveLength(300);
		expect((await page(id, 0, 1, true)).rows[0]?.values[1]).toBe(long);
	});

	it("has one id however often it is added, also after a restart that does not read it again", async () => {
		const entry = await desk.take("twice.jsonl", jsonl(...scored(8)));
		expect((await desk.add(entry.path)).id).toBe(entry.id);
		desk.reopen();
		expect(desk.data.entry(entry.id)).toEqual(entry);
		expect((await page(entry.id)).rows).toHaveLength(8);
	});

	it("that changed is not shown as it was, and is read again when asked", async () => {
		const entry = await desk.take("changes.jsonl", jsonl(...scored(8)));
		writeFileSync(entry.path, jsonl(...scored(12)));
		await expect(page(entry.id)).rejects.toThrow(/changed on disk/);
		await desk.call["data.reload"]({ id: entry.id });
		expect((await desk.read(entry.id)).rows).toBe(12);
		expect((await page(entry.id)).total).toBe(12);
		utimesSync(entry.path, 1, 1);
		desk.reopen();
		expect((await desk.read(entry.id)).state).toBe("ready");
		expect((await page(entry.id)).total).toBe(12);
	});

	it("outside the places that may be read is refused, and so is one that is not there", async () => {
		await expect(desk.call["data.add"]({ paths: ["/etc/hostname"] })).rejects.toThrow(/outside the folders/);
		symlinkSync("/etc/hostname", join(desk.dir, "files", "link.jsonl"));
		await expect(desk.call["data.add"]({ paths: [join(desk.dir, "files", "link.jsonl")] })).rejects.toThrow(
			/outside the folders/,
		);
		await expect(desk.call["data.add"]({ paths: [join(desk.dir, "files", "no.csv")] })).rejects.toMatchObject(
			{
				code: "file-missing",
			},
		);
	});

	it("is not deleted when it is the user's, only our own copy is; no index stays behind", async () => {
		const mine = await desk.take("mine.jsonl", jsonl(...scored(4)));
		const { id } = await desk.call["data.paste"]({
			name: "../../pasted data",
			text: "prompt\tanswer\nq\ta\n",
		});
		const pasted = await desk.read(id);
		expect(pasted).toMatchObject({ state: "ready", origin: "imported", format: "tsv", kind: "prompt-only" });
		expect(pasted.path).toBe(join(desk.dir, "data", "imports", "pasted data.tsv"));
		for (const entry of [mine, pasted]) await desk.call["data.remove"]({ id: entry.id, deleteFile: true });
		expect(existsSync(mine.path)).toBe(true);
		expect(existsSync(pasted.path)).toBe(false);
		expect(() => desk.data.entry(id)).toThrow(/no such data set/);
		const indexes = readdirSync(join(desk.dir, "data", "cache", "datasets"));
		expect(indexes.filter((name) => name.startsWith(id) || name.startsWith(mine.id))).toEqual([]);
	});

	it("whose index was cleaned from the cache is read again", async () => {
		const entry = await desk.take("cleaned.jsonl", jsonl(...scored(4)));
		rmSync(join(desk.dir, "data", "cache"), { recursive: true });
		await expect(page(entry.id)).rejects.toThrow(/still being read/);
		await desk.read(entry.id);
		expect((await page(entry.id)).total).toBe(4);
	});

	it("can be cancelled and reloaded", async () => {
		const path = desk.write("slow.jsonl", jsonl(...scored(1000)).repeat(100));
		const { ids } = await desk.call["data.add"]({ paths: [path] });
		const id = ids[0] as string;
		await desk.call["data.cancel"]({ id });
		expect(desk.data.entry(id)).toMatchObject({
			state: "failed",
			failure: { kind: "expected", error: { code: "cancelled" } },
		});
		await desk.call["data.reload"]({ id });
		expect(await desk.read(id)).toMatchObject({ state: "ready", rows: 100_000 });
	});
});

it("a folder stands for its data files", async () => {
	const dir = join(desk.dir, "files", "many");
	mkdirSync(dir);
	for (const name of ["b.csv", "a.jsonl", "notes.md", ".hidden.jsonl"])
		writeFileSync(join(dir, name), "prompt\nq\n");
	const { ids } = await desk.call["data.add"]({ paths: [dir] });
	expect(ids.map((id) => desk.data.entry(id).name)).toEqual(["a.jsonl", "b.csv"]);
	await Promise.all(ids.map((id) => desk.read(id)));
});

it("the starter's problems are there from the start and stay", async () => {
	expect(await desk.read("starter-test")).toMatchObject({
		rows: 1000,
		kind: "question-answer",
		state: "ready",
	});
	await expect(desk.call["data.remove"]({ id: "starter-test", deleteFile: true })).rejects.toThrow(
		/cannot be/,
	);
});

describe("formats", () => {
	it("CSV with names of its own needs a mapping, suggests one, and takes it", async () => {
		const csv = 'query;reply;"is correct"\n"a;b";"line 1\nline 2";TRUE\nc;d;0\n';
		const entry = await desk.take("own.csv", csv);
		expect(entry).toMatchObject({ state: "needs-mapping", kind: null, rows: 2, usableRows: 0 });
		const { columns } = dataApi["data.columns"].output.parse(
			await desk.call["data.columns"]({ id: entry.id }),
		);
		expect(columns.map(({ name, usedAs }) => [name, usedAs])).toEqual([
			["query", "prompt"],
			["reply", "completion"],
			["is correct", "label"],
		]);
		expect((await page(entry.id)).rows[0]?.values).toEqual(["a;b", "line 1\nline 2", "TRUE"]);
		const mapping = { query: "prompt", reply: "completion", "is correct": "label" };
		await expect(
			desk.call["data.map"]({ id: entry.id, columns: { qery: "prompt" }, kind: null }),
		).rejects.toThrow(/no column "qery"/);
		await desk.call["data.map"]({ id: entry.id, columns: mapping, kind: null });
		expect(await desk.read(entry.id)).toMatchObject({
			state: "ready",
			kind: "scored",
			columns: mapping,
			usableRows: 2,
		});
	});

	it("with labels in words of their own tells their values, and is read with what they are said to mean", async () => {
		const labels = ["yes", "no", "yes", "maybe"];
		const entry = await desk.take(
			"words.jsonl",
			jsonl(...labels.map((label, i) => ({ prompt: `p${i}`, completion: "r", label }))),
		);
		const columns = async () =>
			dataApi["data.columns"].output.parse(await desk.call["data.columns"]({ id: entry.id })).columns;
		expect((await columns()).at(-1)).toMatchObject({
			usedAs: "label",
			values: [
				{ text: "yes", count: 2 },
				{ text: "no", count: 1 },
				{ text: "maybe", count: 1 },
			],
		});
		const use = { as: "label", values: { yes: true, no: false } };
		await desk.call["data.map"]({ id: entry.id, columns: { label: use }, kind: null });
		expect(await desk.read(entry.id)).toMatchObject({ usableRows: 3, errors: 1 });
		const summary = dataApi["data.summary"].output.parse(await desk.call["data.summary"]({ id: entry.id }));
		expect(summary).toMatchObject({ labelled: 3, correct: 2 });
		desk.reopen();
		expect(desk.data.entry(entry.id)).toMatchObject({ state: "ready", columns: { label: use } });
	});

	it.each([
		["JSON", "rows.json", Buffer.from(JSON.stringify(scored(40), null, 2))],
		["gzip", "rows.jsonl.gz", gzipSync(jsonl(...scored(40)))],
		["a byte order mark", "bom.jsonl", Buffer.from(`\uFEFF${jsonl(...scored(40))}`)],
		[
			"no last line break and blank lines",
			"bare.jsonl",
			Buffer.from(
				jsonl(...scored(40))
					.trimEnd()
					.replaceAll("\n", "\n\n"),
			),
		],
	])("%s", async (_, name, content) => {
		const entry = await desk.take(name, content);
		expect(entry).toMatchObject({ state: "ready", rows: 40, kind: "scored" });
		const { rows } = await page(entry.id, 38, 5);
		expect(rows.map((row) => row.values)).toEqual([
			["p9", "r38", "false"],
			["p9", "r39", "false"],
		]);
	});

	it("Parquet in several row groups", async () => {
		desk.context.places.grant(fixture("scored-zstd.parquet"));
		const entry = await desk.add(fixture("scored-zstd.parquet"));
		expect(entry).toMatchObject({ state: "ready", format: "parquet", kind: "scored" });
		const all = await page(entry.id);
		expect(all.rows).toHaveLength(entry.rows);
		const tail = await page(entry.id, entry.rows - 1, 10);
		expect(tail.rows).toEqual(all.rows.slice(-1));
	});
});

describe("problems", () => {
	it("are all counted and grouped, say what is done about them, and lead to their rows", async () => {
		const bad = { prompt: "p", completion: "", label: true };
		const rows = [...scored(100), { prompt: 7, completion: "r", label: "maybe" }, bad, bad];
		const entry = await desk.take("problems.jsonl", `${jsonl(...rows)}{"prompt": "torn\n`);
		expect(entry).toMatchObject({ state: "ready", rows: 104, usableRows: 100, errors: 5, warnings: 1 });
		const groups = await problems(entry.id);
		expect(
			groups.map(({ level, code, column, count, effect }) => [level, code, column, count, effect]),
		).toEqual([
			["error", "empty-response", "completion", 2, "Skipped"],
			["error", "wrong-type", "prompt", 1, "Skipped"],
			["error", "unknown-label", "label", 1, "Skipped"],
			["error", "bad-json", null, 1, "Skipped"],
			["warning", "duplicate-row", null, 1, "Kept: samples may repeat"],
		]);
		const of = (code: string, column: string | null) =>
			desk.call["data.problemRows"]({ id: entry.id, code, column, offset: 0, limit: 10 });
		expect(await of("empty-response", "completion")).toEqual({
			total: 2,
			rows: [102, 103].map((row) => ({
				row,
				column: "completion",
				message: "The text is empty.",
				excerpt: "",
			})),
		});
		expect((await of("bad-json", null)).rows[0]).toMatchObject({ row: 104, excerpt: '{"prompt": "torn' });
		expect((await of("duplicate-row", null)).rows[0]?.message).toBe("The row is the same as row 102.");
		const { rows: shown } = await page(entry.id, 100, 4);
		expect(shown.map(({ level }) => level)).toEqual(["error", "error", "error", "error"]);
		const { text, fileName } = await desk.call["data.problemReport"]({ id: entry.id });
		expect(fileName).toBe("problems.jsonl-problems.csv");
		expect(text.trimEnd().split("\r\n")).toHaveLength(1 + 6);
		expect(text).toContain("101,error,unknown-label,label");
	});

	it("several of one kind in one row are told apart on any page", async () => {
		const entry = await desk.take(
			"steps.jsonl",
			jsonl({ prompt: "p", completions: ["a", "b", "c"], labels: [1, "x", "y"] }),
		);
		const ask = (offset: number) =>
			desk.call["data.problemRows"]({
				id: entry.id,
				code: "unknown-label",
				column: "labels",
				offset,
				limit: 1,
			});
		expect((await ask(0)).rows[0]?.message).toBe('The label is "x".');
		expect((await ask(1)).rows[0]?.message).toBe('The label is "y".');
	});

	it("name prompts whose responses all came out the same", async () => {
		const row = (prompt: string, completion: string, label: boolean) => ({ prompt, completion, label });
		const entry = await desk.take(
			"same.jsonl",
			jsonl(row("a", "1", true), row("a", "2", true), row("b", "1", true), row("b", "2", false)),
		);
		expect(await problems(entry.id)).toMatchObject([{ level: "note", code: "one-outcome-only", count: 1 }]);
		const { rows } = await desk.call["data.problemRows"]({
			...{ id: entry.id, code: "one-outcome-only", column: null, offset: 0, limit: 5 },
		});
		expect(rows).toMatchObject([{ row: 1, message: "All 2 responses to this prompt are correct." }]);
	});
});

describe("files that cannot be used say where and why", () => {
	it.each([
		["empty", "empty.jsonl", Buffer.alloc(0), "data-empty", /has no rows/],
		[
			"torn array",
			"torn.json",
			Buffer.from('[{"prompt": "p"}, {"prompt"'),
			"file-corrupt",
			/never closed.*row/,
		],
		[
			"binary",
			"binary.jsonl",
			Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 0, 0]),
			"data-invalid",
			/byte 7 is 0x00/,
		],
		["Latin-1", "latin.jsonl", Buffer.from([0xff, 0x41, 0x0a]), "data-invalid", /Byte 1 of the row \(0xff\)/],
		[
			"cut gzip",
			"cut.jsonl.gz",
			gzipSync(jsonl(...scored(5000))).subarray(0, 900),
			"file-corrupt",
			/truncated gzip/,
		],
		["unknown", "page.html", Buffer.from("<html>"), "data-invalid", /no format known/],
		["fake Parquet", "fake.parquet", Buffer.from("PAR1 nothing here"), "file-corrupt", /Parquet/],
		["twice a column", "twice.csv", Buffer.from("a,a\n1,2\n"), "data-invalid", /comes twice/],
	])("%s", async (_, name, content, code, message) => {
		const entry = await desk.take(name, content);
		expect(entry.state).toBe("failed");
		if (entry.failure?.kind !== "expected") throw new Error(`not expected: ${JSON.stringify(entry.failure)}`);
		expect(entry.failure.error.code).toBe(code);
		expect(entry.failure.error.message).toMatch(message);
		expect(entry.failure.error.message).toContain(entry.path);
		expect(entry.failure.error.hint.length).toBeGreaterThan(15);
	});
});
