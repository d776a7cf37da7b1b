import { expect, it } from "vitest";
import { resolveRunConfig } from "../contract/resolve.ts";
import { parseHfConfig } from "../models/config.ts";
import { dataShapeOf } from "./data-shape.ts";
import { estimate } from "./estimate.ts";
import { memoryWarning } from "./memory-warning.ts";
import { tokens, trajectory } from "./testing/trajectories.ts";

/** A tenth of Qwen2.5-0.5B. */
const config = parseHfConfig({
	...{ model_type: "qwen2", vocab_size: 50_000, hidden_size: 512, intermediate_size: 2048 },
	...{ num_hidden_layers: 4, num_attention_heads: 8, num_key_value_heads: 2, tie_word_embeddings: true },
});
const train = Array.from({ length: 64 }, (_, row) => trajectory(row, tokens(60, row >> 3), tokens(200, row)));
const prepared = { model: { config }, train, heldOut: [], heldOutPrompts: [] } as unknown as Parameters<
	typeof memoryWarning
>[0];
const run = (microTokens: number) => resolveRunConfig({ modelDir: "m", dataPath: "d", microTokens });

it("says what fits where a run would take more than is free", () => {
	const warning = memoryWarning(prepared, run(4096), "cpu", 3 * 2 ** 30);
	expect(warning).toMatchObject({
		code: "memory-short",
		message: expect.stringMatching(/GiB of memory; 3.0 GiB are free/),
	});
	const fits = Number(/microTokens to (\d+)/.exec(warning?.hint ?? "")?.[1]);
	expect(fits).toBeLessThan(4096);
	const input = {
		model: config,
		data: dataShapeOf(train),
		heldOut: { items: 0, prompts: 0 },
		provider: "cpu" as const,
		cores: 2,
	};
	expect(estimate({ ...input, run: run(fits) }).memory.totalBytes).toBeLessThan(3 * 2 ** 30);
	expect(memoryWarning(prepared, run(fits), "cpu", 3 * 2 ** 30)).toBeNull();
});

it("says so where nothing does, and nothing of a device's own memory", () => {
	expect(memoryWarning(prepared, run(4096), "cpu", 2 ** 28)?.hint).toMatch(/^No smaller/);
	expect(memoryWarning(prepared, run(4096), "cuda", 2 ** 28)).toBeNull();
});
