import { rmSync, truncateSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { loadDataset } from "./dataset.ts";
import { requireClean } from "./problems.ts";
import { failure, jsonl, load, scored, write } from "./testing/files.ts";

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
