import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadDataset } from "./dataset.ts";
import { makePairs, pairRow } from "./pairs.ts";
import type { Example } from "./types.ts";

/** Responses to one prompt, named by it; a `+` is a correct one. */
const prompt = (name: string, outcomes: string): Example[] =>
	[...outcomes].map((outcome, i) => ({
		row: i + 1,
		prompt: name,
		promptKey: name,
		response: `${name}${i}${outcome}`,
		label: outcome === "+",
	}));
const names = (examples: readonly Example[], ratio: number, seed = 0) =>
	makePairs(examples, { ratio, seed }).pairs.map((p) => `${p.chosen.response} > ${p.rejected.response}`);

describe("makePairs", () => {
	const examples = [...prompt("a", "+-+"), ...prompt("b", "++"), ...prompt("c", "-"), ...prompt("d", "--+-")];

	it("makes every correct and wrong response of a prompt a pair, and counts prompts that have none", () => {
		const { pairs, ...counts } = makePairs(examples, { ratio: 10, seed: 0 });
		expect(counts).toEqual({ possible: 5, trajectories: 10, prompts: 4, promptsWithoutPair: 2 });
		expect(pairs).toHaveLength(5);
		expect(names(examples, 10)).toEqual([
			...["a0+ > a1-", "a2+ > a1-"],
			...["d2+ > d0-", "d2+ > d1-", "d2+ > d3-"],
		]);
	});

	it("takes as many as half of the responses, by the seed", () => {
		// 12 prompts with 4 x 4 pairs of their 8 responses: 192 possible, 96 responses.
		const many = Array.from({ length: 12 }, (_, i) => prompt(String.fromCharCode(97 + i), "++++----")).flat();
		const taken = makePairs(many, { ratio: 0.5, seed: 0 });
		expect([taken.possible, taken.trajectories, taken.pairs.length]).toEqual([192, 96, 48]);
		expect(new Set(names(many, 0.5)).size).toBe(48);
		expect(names(many, 0.5)).toEqual(names(many, 0.5));
		expect(names(many, 0.5, 1)).not.toEqual(names(many, 0.5));
		// Spread over the prompts: 4 of each on average.
		expect(new Set(taken.pairs.map((p) => p.chosen.promptKey)).size).toBeGreaterThan(8);
		for (const { chosen, rejected } of taken.pairs) {
			expect([chosen.label, rejected.label]).toEqual([true, false]);
			expect(chosen.promptKey).toBe(rejected.promptKey);
		}
		// The same pairs of a prompt, in whatever order the prompts come.
		const turned = ["l", "f", "a"].flatMap((name) => many.filter((e) => e.promptKey === name));
		const rest = many.filter((e) => !turned.includes(e));
		expect(names([...turned, ...rest], 0.5).sort()).toEqual(names(many, 0.5).sort());
	});

	it("takes at least one where there is one, and none where there is none", () => {
		expect(names(prompt("a", "+-"), 0.01)).toHaveLength(1);
		expect(names(prompt("a", "++"), 0.5)).toEqual([]);
		expect(names([], 0.5)).toEqual([]);
	});

	it("reads labels, or rewards above one half, and leaves unscored rows out", () => {
		const base = { row: 1, prompt: "p", promptKey: "p" };
		const found = makePairs(
			[
				{ ...base, response: "good", reward: 0.9 },
				{ ...base, response: "bad", reward: 0.1 },
				{ ...base, response: "bare" },
			],
			{ ratio: 1, seed: 0 },
		);
		expect([found.trajectories, found.pairs.length]).toEqual([2, 1]);
		expect(found.pairs[0]?.chosen.response).toBe("good");
	});
});

describe("pairs on disk", () => {
	let dir = "";
	beforeAll(() => {
		dir = mkdtempSync(join(tmpdir(), "dqo-pairs-"));
	});
	afterAll(() => rmSync(dir, { recursive: true, force: true }));
	const load = (rows: readonly unknown[]) => {
		const path = join(dir, "pairs.jsonl");
		writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
		return loadDataset(path);
	};

	it("are read back as preference data, with references and tokens", async () => {
		const messages = [{ role: "user", content: "2+3?" }];
		const base = { row: 1, prompt: messages, promptKey: "k", reference: "5" };
		const { pairs } = makePairs(
			[
				{ ...base, response: "5", label: true, responseTokenIds: [7, 2] },
				// The model ended at once: no text, but a token.
				{ ...base, response: "", label: false, responseTokenIds: [2] },
			],
			{ ratio: 1, seed: 0 },
		);
		const { kind, examples, problems } = await load(pairs.map(pairRow));
		expect([kind, problems.errors]).toEqual(["preference", 0]);
		expect(examples).toEqual([
			{
				...{ row: 1, prompt: messages, promptKey: expect.any(String), reference: "5" },
				...{ chosen: "5", rejected: "", chosenTokenIds: [7, 2], rejectedTokenIds: [2] },
			},
		]);
	});

	it("report tokens that are none", async () => {
		const row = { prompt: "p", chosen: "a", rejected: "b" };
		const { problems } = await load([
			{ ...row, chosen_token_ids: [1.5] },
			{ ...row, rejected_token_ids: [] },
			{ ...row, rejected: "" },
		]);
		expect(problems.list.map(({ row, column, code }) => [row, column, code])).toEqual([
			[1, "chosen_token_ids", "wrong-type"],
			[2, "rejected_token_ids", "empty-response"],
			[3, "rejected", "empty-response"],
		]);
	});
});
