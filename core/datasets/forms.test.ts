import { describe, expect, it } from "vitest";
import { promptKeyOf } from "./examples.ts";
import { failure, jsonl, load, write } from "./testing/files.ts";

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
