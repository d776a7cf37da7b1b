import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GenerateSpec, generateResultSchema } from "../contract/jobs.ts";
import { PAPER_SAMPLING } from "../contract/sampling.ts";
import { PROMPT_TEMPLATES } from "../contract/task.ts";
import { loadDataset } from "../datasets/dataset.ts";
import { loadModelFolder } from "../models/hf/load.ts";
import { loadTokenizer } from "../tokenizers/tokenizer.ts";
import { encodeTrajectories } from "../training/trajectories.ts";
import { generateJob } from "./job.ts";
import { recordingContext, stoppingContext } from "./testing/context.ts";
import { logSoftmax, PlainModel } from "./testing/reference.ts";

const starter = new URL("../../resources/starter/", import.meta.url).pathname;
const LIMIT = 12;
let dir: string;
let names = 0;

beforeAll(() => {
	dir = mkdtempSync(join(tmpdir(), "dqo-generate-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const specOf = (change: Partial<GenerateSpec> = {}): GenerateSpec => ({
	kind: "generate",
	modelDir: join(starter, "model"),
	dataPath: join(starter, "data/train.jsonl"),
	outPath: join(dir, `out-${names++}.jsonl`),
	task: "gsm8k",
	template: PROMPT_TEMPLATES.plain,
	sampling: { ...PAPER_SAMPLING, n: 3, maxNewTokens: 64, seed: 5 },
	maxPromptTokens: 256,
	limit: LIMIT,
	threads: 1,
	eventsPath: null,
	...change,
});

const write = (name: string, ...rows: unknown[]) => {
	const path = join(dir, name);
	writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
	return path;
};

describe("generateJob", () => {
	it("writes labelled rows that load back as trajectories of exactly the sampled tokens", async () => {
		const spec = specOf();
		const { context, events } = recordingContext();
		const result = generateResultSchema.parse(await generateJob(spec, context));
		expect(result).toMatchObject({
			reason: "completed",
			prompts: LIMIT,
			responses: 3 * LIMIT,
			skippedPrompts: 0,
		});

		const rows = readFileSync(spec.outPath, "utf8")
			.trim()
			.split("\n")
			.map((line) => JSON.parse(line));
		const dataset = await loadDataset(spec.outPath);
		expect(dataset.kind).toBe("scored");
		expect(dataset.problems.errors + dataset.problems.warnings).toBe(0);
		expect(rows).toHaveLength(3 * LIMIT);
		expect(rows.filter(({ label }) => label)).toHaveLength(result.correct as number);
		const tokens = rows.reduce((sum, row) => sum + row.response_token_ids.length, 0);
		expect(tokens).toBe(result.responseTokens);

		const tokenizer = await loadTokenizer(spec.modelDir);
		const { trajectories } = encodeTrajectories(dataset.examples, tokenizer, {
			template: spec.template,
			maxPromptTokens: 256,
			maxResponseTokens: 64,
			processRewardScale: 1,
		});
		expect(trajectories.map(({ response }) => response)).toEqual(rows.map((row) => row.response_token_ids));
		expect(trajectories.map(({ rewards }) => rewards.at(-1))).toEqual(rows.map((row) => Number(row.label)));

		// The log-probs written are those of the plain forward pass over prompt and response.
		const { config, tensors } = await loadModelFolder(spec.modelDir);
		const plain = await PlainModel.create(config, tensors);
		for (const { prompt, response, behaviour } of trajectories.slice(0, 6)) {
			const logits = await plain.logits([...prompt, ...response]);
			for (const [i, token] of response.entries()) {
				const expected = logSoftmax(logits[prompt.length - 1 + i] as number[])[token] as number;
				expect(Math.abs((behaviour?.[i] as number) - expected)).toBeLessThan(1e-4);
			}
		}
		expect(events.map(({ type }) => type)).toContain("sample");
		const progress = events.filter((event) => event.type === "progress");
		expect(progress.at(-1)).toMatchObject({ phase: "generate", done: 36, total: 36, secondsLeft: 0 });
	});

	it("keeps the finished prompts of a stopped job apart and says where", async () => {
		const data = write(
			"many.jsonl",
			...Array.from({ length: 700 }, (_, i) => ({ question: `Ann has ${i} cards.`, answer: "#### 1" })),
		);
		const spec = specOf({
			dataPath: data,
			limit: null,
			sampling: { ...specOf().sampling, n: 1, maxNewTokens: 24 },
		});
		const { context, events } = recordingContext();
		// More prompts than one batch holds, and a stop as soon as the first rows are written.
		const { stopRequested } = stoppingContext(spec.outPath, 1);
		const result = await generateJob(spec, { ...context, stopRequested });
		expect(result.reason).toBe("stopped");
		expect(result.outPath).toBe(`${spec.outPath}.partial`);
		expect(existsSync(spec.outPath)).toBe(false);
		expect(events.some((event) => event.type === "log" && event.message.includes(result.outPath))).toBe(true);
		expect(result.prompts).toBeGreaterThan(0);
		expect(result.prompts).toBeLessThan(700);
		expect((await loadDataset(result.outPath)).examples).toHaveLength(result.responses);
	});

	it("does not grade without a task, keeps conversations, and answers each prompt once", async () => {
		const question = (content: string) => ({ prompt: [{ role: "user", content }] });
		const data = write(
			"chat.jsonl",
			question("Ben has 3 coins."),
			question("Ben has 3 coins."),
			question("x"),
		);
		const spec = specOf({
			dataPath: data,
			task: null,
			sampling: { ...specOf().sampling, n: 40, temperature: 8 },
		});
		const result = await generateJob(spec, recordingContext().context);
		expect(result).toMatchObject({ prompts: 2, responses: 80, correct: null });
		const { kind, examples, problems } = await loadDataset(spec.outPath);
		expect([kind, problems.errors, examples.length]).toEqual(["prompt-completion", 0, 80]);
		expect(examples[0]?.prompt).toEqual([{ role: "user", content: "Ben has 3 coins." }]);
	});

	it("writes rows that load back when the model ended at once, and only when their lists fit", async () => {
		const row = {
			prompt: "q",
			completion: "",
			label: false,
			response_token_ids: [1],
			behaviour_logprobs: [-2],
		};
		const good = await loadDataset(write("empty.jsonl", row));
		expect(good.examples).toMatchObject([{ response: "", responseTokenIds: [1], behaviourLogprobs: [-2] }]);
		const bad = await loadDataset(
			write(
				"bad.jsonl",
				{ ...row, response_token_ids: undefined },
				{ ...row, response_token_ids: [] },
				{ ...row, response_token_ids: [1, 2] },
				{ ...row, response_token_ids: [-1] },
			),
		);
		expect(bad.examples).toEqual([]);
		expect(bad.problems.list.map(({ row, code }) => [row, code])).toEqual([
			[1, "empty-response"],
			[2, "empty-response"],
			[2, "length-mismatch"],
			[3, "length-mismatch"],
			[4, "wrong-type"],
		]);
	});

	it("leaves out prompts that are too long and counts them", async () => {
		const long = { question: "many words ".repeat(60), answer: "#### 1" };
		const data = write("long.jsonl", long, { question: "Ben has 3 coins.", answer: "#### 3" });
		const result = await generateJob(
			specOf({ dataPath: data, maxPromptTokens: 64 }),
			recordingContext().context,
		);
		expect(result).toMatchObject({ prompts: 1, skippedPrompts: 1 });
		const none = specOf({ dataPath: data, maxPromptTokens: 1 });
		await expect(generateJob(none, recordingContext().context)).rejects.toMatchObject({ code: "data-empty" });
		expect(existsSync(`${none.outPath}.partial`)).toBe(false);
	});

	it("refuses to overwrite a file, and prompts without references where they are to be graded", async () => {
		const taken = specOf({ outPath: write("taken.jsonl", { a: 1 }) });
		await expect(generateJob(taken, recordingContext().context)).rejects.toMatchObject({ code: "usage" });
		expect(readFileSync(taken.outPath, "utf8")).toBe('{"a":1}\n');
		const bare = specOf({ dataPath: write("bare.jsonl", { prompt: "Ben has 3 coins." }) });
		await expect(generateJob(bare, recordingContext().context)).rejects.toMatchObject({
			code: "data-invalid",
			message: expect.stringContaining("1 of 1 prompts have no reference"),
		});
	});
});
