import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type RunConfigInput, resolveRunConfig } from "../contract/resolve.ts";
import { parseHfConfig } from "../models/config.ts";
import { openSafetensors } from "../models/hf/safetensors.ts";
import { RunStore } from "../store/run-store.ts";
import { microBatches } from "./batches.ts";
import { calibrate, type EstimateInput, estimate, largestMicroTokens, typicalCpu } from "./estimate.ts";
import { batchShape, parameterCount, StepCost } from "./step-cost.ts";
import { jobConfig, type Ran, train, type Workplace, workplace } from "./testing/job.ts";
import { trajectory } from "./testing/trajectories.ts";

const GIB = 2 ** 30;
/** Qwen2.5-0.5B's sizes. */
const model = parseHfConfig({
	...{ model_type: "qwen2", vocab_size: 151_936, hidden_size: 896, intermediate_size: 4864 },
	...{ num_hidden_layers: 24, num_attention_heads: 14, num_key_value_heads: 2, tie_word_embeddings: true },
});

function inputOf(run: RunConfigInput = {}, change: Partial<EstimateInput> = {}): EstimateInput {
	return {
		...{ model, provider: "cpu", cores: 2, heldOut: { items: 400, prompts: 100 } },
		run: resolveRunConfig({ modelDir: "m", dataPath: "d", microTokens: 1024, ...run }),
		data: {
			...{ items: 8000, prompts: 1000 },
			...{ promptTokens: { mean: 80, max: 200 }, responseTokens: { mean: 120, max: 400 } },
		},
		...change,
	};
}
const bytesOf = (run: RunConfigInput) => estimate(inputOf(run)).memory.totalBytes;

describe("an estimate", () => {
	it("counts what is trained, and what a checkpoint writes of it", () => {
		// Published as 494,032,768.
		expect(parameterCount(model)).toBe(494_032_768);
		const full = estimate(inputOf({ adapter: { type: "full" }, valueFunction: "separate" }));
		// Two networks, each without the other's head: the policy's is tied, the value's is one row.
		expect(full.trainedNumbers).toBe(2 * 494_032_768 + 896);
		expect(full.memory.parts.moments).toBe(8 * full.trainedNumbers);
		expect(full.disk.checkpointBytes).toBe(12 * full.trainedNumbers + 4 * 494_032_768);
		// Rank 16 on seven linear layers of 24 blocks, and V's head.
		const perBlock = 16 * (896 * 2 + 2 * (896 + 128) + 896 * 2 + 3 * (896 + 4864));
		const lora = estimate(inputOf());
		expect(lora.trainedNumbers).toBe(2 * 24 * perBlock + 896);
	});

	it.each([
		["SmolLM2-135M", "llama", 134_515_008, [49_152, 576, 1536, 30, 9, 3], { tie_word_embeddings: true }],
		["Qwen3-0.6B", "qwen3", 596_049_920, [151_936, 1024, 3072, 28, 16, 8], { tie_word_embeddings: true }],
		["Gemma 2B", "gemma", 2_506_172_416, [256_000, 2048, 16_384, 18, 8, 1], {}],
		["Gemma 2 2B", "gemma2", 2_614_341_888, [256_000, 2304, 9216, 26, 8, 4], {}],
		["Mistral 7B", "mistral", 7_241_732_096, [32_000, 4096, 14_336, 32, 32, 8], {}],
	])("knows the published size of %s and what training it takes", (_, family, published, sizes, more) => {
		const [vocab_size, hidden_size, intermediate_size, layers, heads, kv] = sizes;
		const sized = parseHfConfig({
			...{ model_type: family, vocab_size, hidden_size, intermediate_size, ...more },
			...{ num_hidden_layers: layers, num_attention_heads: heads, num_key_value_heads: kv },
		});
		expect(parameterCount(sized)).toBe(published);
		const { memory, seconds } = estimate(inputOf({}, { model: sized }));
		expect(memory.parts.weights).toBeGreaterThan(4 * published);
		expect(seconds.perStep).toBeGreaterThan(0);
	});

	it("takes more memory for what takes more, and says for what", () => {
		expect(bytesOf({ adapter: { type: "full" } })).toBeGreaterThan(1.3 * bytesOf({}));
		expect(bytesOf({ microTokens: 4096 })).toBeGreaterThan(1.2 * bytesOf({ microTokens: 1024 }));
		expect(bytesOf({ microTokens: 4096, recompute: true })).toBeLessThan(
			0.8 * bytesOf({ microTokens: 4096 }),
		);
		expect(bytesOf({ valueFunction: "shared" })).toBeLessThan(bytesOf({}));
		const { parts, totalBytes } = estimate(inputOf()).memory;
		expect(Object.values(parts).reduce((a, b) => a + b)).toBe(totalBytes);
	});

	it("finds the largest micro-batch that fits, and none where nothing does", () => {
		const limit = 16 * GIB;
		const found = largestMicroTokens(inputOf(), limit) as number;
		expect(bytesOf({ microTokens: found })).toBeLessThanOrEqual(limit);
		expect(bytesOf({ microTokens: found + 64 })).toBeGreaterThan(limit);
		expect(largestMicroTokens(inputOf(), GIB)).toBeNull();
	});

	it("scales with the work: examples, epochs, cores, recomputation", () => {
		const seconds = (run: RunConfigInput, change: Partial<EstimateInput> = {}) =>
			estimate(inputOf({ task: null, ...run }, { heldOut: { items: 0, prompts: 0 }, ...change })).seconds;
		const { total, perStep } = seconds({ epochs: 2, valueWarmupEpochs: 0 });
		const twice = seconds({ epochs: 4, valueWarmupEpochs: 0 });
		expect(twice.total - total).toBeCloseTo(2 * 32 * perStep, 3);
		expect(seconds({ recompute: true }).perStep / perStep).toBeGreaterThan(1.2);
		expect(seconds({}, { cores: 4 }).perStep).toBeLessThan(0.6 * perStep);
		expect(seconds({}, { cores: 64 }).perStep).toBeGreaterThan(0);
	});

	it("is fitted to times that the bench measured", () => {
		// bench/README.md, "DQO LoRA, large, shared" and "DQO full, small, shared", in milliseconds.
		const cases = [
			{ ms: 3001, hidden: 512, inner: 1376, layers: 8, heads: 8, kv: 4, length: 256, items: 8, full: false },
			{ ms: 848, hidden: 256, inner: 688, layers: 6, heads: 4, kv: 2, length: 64, items: 32, full: true },
		];
		for (const { ms, hidden, inner, layers, heads, kv, length, items, full } of cases) {
			const sized = parseHfConfig({
				...{ model_type: "llama", vocab_size: 512, hidden_size: hidden, intermediate_size: inner },
				...{ num_hidden_layers: layers, num_attention_heads: heads, num_key_value_heads: kv },
			});
			const lengths = { mean: length, max: length };
			const input = inputOf(
				{
					...{ globalBatch: items, microTokens: 2 * items * length, valueWarmupEpochs: 0 },
					adapter: full ? { type: "full" } : { type: "lora", rank: 8 },
				},
				{ model: sized, data: { items, prompts: items / 8, promptTokens: lengths, responseTokens: lengths } },
			);
			const { perStep } = estimate(input).seconds;
			expect(Math.abs((1000 * perStep) / ms - 1)).toBeLessThan(0.1);
		}
	});

	it("takes a measured step for the measure of all", () => {
		const input = inputOf();
		const measured = 3 * estimate(input).seconds.perStep;
		const calibrated = { ...input, throughput: calibrate(input, measured) };
		expect(estimate(calibrated).seconds.perStep).toBeCloseTo(measured, 6);
		expect(calibrated.throughput).toMatchObject({ source: "measured" });
		expect(calibrated.throughput.error).toBeLessThan(typicalCpu(2).error);
	});
});

describe("a deep model", () => {
	it("costs what the line through shallower ones says", () => {
		const shape = { P: 2, K: 4, L: 79, T: 128 };
		for (const change of [{}, { adapter: { type: "full" as const } }, { recompute: true }]) {
			const { run } = inputOf(change);
			const [four, six, eight] = [4, 6, 8].map((layers) =>
				new StepCost({ ...model, vocabSize: 2000, layers }, run, "train").of(shape),
			);
			for (const name of ["matrixFlops", "movedBytes", "peakBytes", "weightBytes", "nodes"] as const) {
				const line = 2 * (six?.[name] ?? 0) - (four?.[name] ?? 0);
				expect((eight?.[name] ?? 0) / line).toBeCloseTo(1, 2);
			}
		}
	});
});

describe("the shape of a micro-batch", () => {
	it.each([
		["shared", {}, 8],
		["unshared", { sharePrompts: false }, 8],
		["one response a prompt", {}, 1],
		["small batches", { globalBatch: 4 }, 8],
		["pairs", { method: "dpo" as const }, 4],
	])("is that of the packing itself: %s", (_, change, perPrompt) => {
		const run = resolveRunConfig({
			modelDir: "m",
			dataPath: "d",
			microTokens: 500,
			globalBatch: 32,
			...change,
		});
		const pairs = run.method === "dpo";
		const rows = Array.from({ length: 64 * (pairs ? 2 : 1) }, (_, i) => {
			const item = pairs ? i >> 1 : i;
			const prompt = [1, 2, ...Array<number>(28).fill(10 + Math.floor(item / perPrompt))];
			return trajectory(i, prompt, Array<number>(40).fill(3), pairs ? { pair: item } : {});
		});
		const step = rows.slice(0, run.globalBatch * (pairs ? 2 : 1));
		const [first] = microBatches(step, { ...run, lengthMultiple: 1 });
		const L = first?.feeds.prompt_ids?.shape[1];
		const lengths = { promptTokens: { mean: 30, max: 30 }, responseTokens: { mean: 40, max: 40 } };
		const shape = batchShape(run, 503, { items: 64, prompts: 64 / perPrompt, ...lengths }, "max");
		expect(shape).toEqual({ P: first?.P, K: first?.K, L, T: first?.T });
	});
});

describe("against a run", () => {
	let place: Workplace;
	let ran: Ran;
	beforeAll(async () => {
		place = workplace();
		ran = await train(place, "whole", jobConfig(place));
	});

	it("counts its steps, its evaluations and its trained tensors", () => {
		const run = jobConfig(place);
		const config = parseHfConfig(JSON.parse(readFileSync(join(place.modelDir, "config.json"), "utf8")));
		const lengths = { mean: 15, max: 20 };
		const data = { items: 12, prompts: 6, promptTokens: lengths, responseTokens: lengths };
		const heldOut = { items: 6, prompts: 3 };
		const found = estimate({ model: config, run, data, heldOut, provider: "cpu", cores: 2 });
		expect(found.steps).toEqual({ total: 9, perEpoch: 3, warmup: 3 });
		expect(found.evaluations).toBe(ran.events.filter(({ type }) => type === "eval").length);
		const last = RunStore.open(join(ran.runDir, ".."), "whole").checkpoints.last()?.dir as string;
		const bytes = ["trained", "optimizer", "adapter_model"].map((name) => {
			const { tensors } = openSafetensors(join(last, `${name}.safetensors`));
			return [...tensors.values()].reduce((sum, { shape }) => sum + 4 * shape.reduce((a, b) => a * b, 1), 0);
		});
		expect(found.disk.checkpointBytes).toBe(bytes.reduce((a, b) => a + b));
	});
});
