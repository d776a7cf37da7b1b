import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EvaluateSpec, evaluateResultSchema } from "../contract/jobs.ts";
import { resolveRunConfig } from "../contract/resolve.ts";
import { PAPER_SAMPLING } from "../contract/sampling.ts";
import { PROMPT_TEMPLATES } from "../contract/task.ts";
import { gradeGsm8k } from "../grading/gsm8k.ts";
import { wilson } from "../grading/wilson.ts";
import { loadModelFolder } from "../models/hf/load.ts";
import { writePeftAdapter } from "../models/hf/peft.ts";
import { inMemory } from "../models/hf/safetensors.ts";
import { recordingContext } from "../sampling/testing/context.ts";
import { drawPlainly, PlainModel } from "../sampling/testing/reference.ts";
import { RunStore } from "../store/run-store.ts";
import { loadTokenizer } from "../tokenizers/tokenizer.ts";
import { meanAndStd } from "./accuracy.ts";
import { evaluateJob } from "./job.ts";
import { readRecords } from "./records.ts";
import { passAtK } from "./statistics.ts";

const starter = new URL("../../resources/starter/", import.meta.url).pathname;
let dir: string;
beforeAll(() => {
	dir = mkdtempSync(join(tmpdir(), "dqo-evaluate-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const specOf = (change: Partial<EvaluateSpec> = {}): EvaluateSpec => ({
	kind: "evaluate",
	modelDir: join(starter, "model"),
	dataPath: join(starter, "data/test.jsonl"),
	task: "gsm8k",
	template: PROMPT_TEMPLATES.plain,
	sampling: { ...PAPER_SAMPLING, maxNewTokens: 64 },
	sampledSeeds: 0,
	maxPromptTokens: 256,
	outPath: null,
	limit: 20,
	threads: 1,
	eventsPath: null,
	...change,
});

describe("evaluateJob", () => {
	it("counts as correct what the plain forward pass and the grader count", async () => {
		const spec = specOf({ limit: 4, outPath: join(dir, "graded.jsonl") });
		const result = evaluateResultSchema.parse(await evaluateJob(spec, recordingContext().context));
		const { config, tensors } = await loadModelFolder(spec.modelDir);
		const tokenizer = await loadTokenizer(spec.modelDir);
		const plain = await PlainModel.create(config, tensors);
		const lines = readFileSync(spec.dataPath, "utf8").split("\n").slice(0, 4);
		const written = readFileSync(spec.outPath as string, "utf8")
			.trim()
			.split("\n");
		let correct = 0;
		for (const [i, line] of lines.entries()) {
			const { question, answer } = JSON.parse(line);
			const options = { ...spec.sampling, greedy: true, eosIds: tokenizer.eosIds };
			const { tokens } = await drawPlainly(plain, tokenizer.renderPrompt(question), i, 0, options);
			const response = tokenizer.decode(tokens);
			const label = gradeGsm8k(response, answer).correct;
			if (label) correct++;
			expect(JSON.parse(written[i] as string)).toMatchObject({
				prompt: question,
				completion: response,
				label,
				row: i + 1,
			});
		}
		expect(result.greedy).toEqual({ accuracy: correct / 4, n: 4, interval: wilson(correct, 4) });
		expect(result.sampled).toBeNull();
	});

	it("measures sampled accuracy over seeds, the same each time", async () => {
		const spec = specOf({ sampledSeeds: 3 });
		const { context, events } = recordingContext();
		const first = await evaluateJob(spec, context);
		const again = await evaluateJob(spec, recordingContext().context);
		expect(first).toMatchObject({ reason: "completed", greedy: { n: 20 }, sampled: { n: 3 } });
		expect({ ...again, wallSeconds: 0 }).toEqual({ ...first, wallSeconds: 0 });
		const single = await Promise.all(
			[0, 1, 2].map((seed) =>
				evaluateJob(
					specOf({ sampling: { ...spec.sampling, seed }, sampledSeeds: 1 }),
					recordingContext().context,
				),
			),
		);
		expect(first.sampled).toMatchObject({
			...meanAndStd(single.map(({ sampled }) => sampled?.mean ?? -1)),
			n: 3,
		});
		expect(events.filter(({ type }) => type === "progress").at(-1)).toMatchObject({ done: 80, total: 80 });
	});

	it("keeps a record of each problem from which its own numbers can be counted again", async () => {
		const outPath = join(dir, "records.jsonl");
		const { sampled } = await evaluateJob(specOf({ sampledSeeds: 3, outPath }), recordingContext().context);
		const records = readRecords(outPath);
		const counts = records.map(({ samples = [] }) => samples.filter(({ label }) => label).length);
		expect(records.every(({ samples }) => samples?.length === 3)).toBe(true);
		const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
		expect(sampled?.mean).toBeCloseTo(mean(counts) / 3, 12);
		expect(sampled?.passAtK).toEqual(
			[1, 2, 3].map((k) => ({ k, value: expect.closeTo(mean(counts.map((c) => passAtK(3, c, k))), 12) })),
		);
		// Of three answers the majority is the one that two give; else the first that answers.
		const won = records.filter(({ samples = [] }) => {
			const answers = samples.filter(({ extracted }) => extracted !== null);
			const twice = answers.find(
				(one, i) => answers.findIndex(({ extracted }) => extracted === one.extracted) !== i,
			);
			return (twice ?? answers[0])?.label;
		});
		expect(sampled?.majority).toEqual({ k: 3, accuracy: won.length / 20, interval: wilson(won.length, 20) });
		const [low, high] = sampled?.interval ?? [1, 0];
		expect(low).toBeLessThanOrEqual(sampled?.mean ?? 0);
		expect(high).toBeGreaterThanOrEqual(sampled?.mean ?? 1);
	});

	it("has no value function to be guided by in a model alone", async () => {
		const spec = specOf({ guided: { type: "best-of-n", n: 2 } });
		await expect(evaluateJob(spec, recordingContext().context)).rejects.toMatchObject({
			code: "config-invalid",
		});
	});

	it("reads a run's folder: its best checkpoint, the adapter merged into the model it was trained on", async () => {
		const modelDir = join(starter, "model");
		const config = resolveRunConfig({ method: "sft", modelDir, dataPath: specOf().dataPath });
		const { checkpoints, dir: runDir } = RunStore.create(dir, "run", config);
		const module = "model.layers.2.mlp.down_proj";
		const [out, width] = (await loadModelFolder(modelDir)).tensors.get(`${module}.weight`)?.shape ?? [];
		const write = (step: number, b: number) =>
			checkpoints.write(step, {}, (folder) => {
				const fill = (shape: [number, number], value: number) =>
					inMemory(shape, new Float32Array(shape[0] * shape[1]).fill(value));
				const [o, w] = [out as number, width as number];
				const modules = new Map([[module, { a: fill([1, w], 1), b: fill([o, 1], b) }]]);
				writePeftAdapter(folder, { rank: 1, alpha: 1, modules }, modelDir);
			});
		await write(1, 0);
		await write(2, 3);
		const greedy = async (change: Partial<EvaluateSpec>, name: string) => {
			const outPath = join(dir, name);
			await evaluateJob(specOf({ limit: 4, outPath, ...change }), recordingContext().context);
			return readFileSync(outPath, "utf8");
		};
		const base = await greedy({}, "base.jsonl");
		checkpoints.markBest(1);
		expect(await greedy({ modelDir: runDir }, "unchanged.jsonl")).toBe(base);
		checkpoints.markBest(2);
		expect(await greedy({ modelDir: runDir }, "changed.jsonl")).not.toBe(base);
	});

	it("stops with what was answered and writes no complete file", async () => {
		const spec = specOf({ outPath: join(dir, "stopped.jsonl"), sampledSeeds: 5 });
		const result = await evaluateJob(spec, recordingContext(1).context);
		expect(result).toMatchObject({ reason: "stopped", sampled: null });
		expect(result.greedy.n).toBeLessThan(20);
		expect(existsSync(spec.outPath as string)).toBe(false);
	});
});

describe("meanAndStd", () => {
	it("takes the sample standard deviation", () => {
		// Squares of the differences from 4: 4 + 0 + 4, over n - 1 = 2.
		expect(meanAndStd([2, 4, 6])).toEqual({ mean: 4, std: 2 });
		expect(meanAndStd([0.5])).toEqual({ mean: 0.5, std: 0 });
	});
});
