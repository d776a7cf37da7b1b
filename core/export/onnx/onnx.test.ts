import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { Graph, type Node } from "../../graph/graph.ts";
import { FAMILIES } from "../../models/config.ts";
import { decoder } from "../../models/decoder.ts";
import { logitsOf } from "../../models/head.ts";
import { loadModelFolder, type ModelWeights } from "../../models/hf/load.ts";
import { inMemory, type TensorSource } from "../../models/hf/safetensors.ts";
import { plainLayout } from "../../models/layout.ts";
import { Network } from "../../models/network.ts";
import { writeTinyModel } from "../../models/testing/tiny-model.ts";
import { GraphSession } from "../../runtime/session.ts";
import type { HostTensor } from "../../runtime/tensors.ts";
import { temporaryFolder } from "../../store/testing/temporary-folder.ts";
import { cacheGraph } from "./cache-graph.ts";
import { ONNX_DTYPES } from "./dtypes.ts";
import { onnxFormat } from "./format.ts";
import { exportOnnx } from "./onnx.ts";
import { answering } from "./open.ts";
import { toStandard } from "./standard.ts";
import { weightFormats } from "./weights.ts";

const fixtures = join(import.meta.dirname, "../../../fixtures/models");
const starter = join(import.meta.dirname, "../../../resources/starter/model");
const IDS = [1, 17, 42, 9, 33, 11, 50, 7, 60, 23, 5, 2];

const ints = (rows: readonly (readonly number[])[]): HostTensor => ({
	shape: [rows.length, rows[0]?.length ?? 0],
	data: BigInt64Array.from(rows.flat(), BigInt),
});

/** Logits of every position from the graph that training and evaluation use. */
async function ownLogits({ config, tensors }: ModelWeights, ids: readonly number[]): Promise<Float32Array> {
	const graph = new Graph();
	const network = new Network(graph, config, tensors, "own", { type: "frozen" });
	graph.output("logits", logitsOf(network, decoder(network, plainLayout(graph))));
	const session = await GraphSession.create(graph, { threads: 1 });
	const { logits } = await session.run({ input_ids: ints([ids]) });
	await session.release();
	return logits?.data as Float32Array;
}

/** Largest difference over the largest expected logit. */
function difference(found: Float32Array, expected: Float32Array): number {
	expect(found).toHaveLength(expected.length);
	const moved = expected.map((value, i) => Math.abs(value - (found[i] as number)));
	return Math.max(...moved) / Math.max(...expected.map(Math.abs));
}

const top = (logits: Float32Array, size: number, row: number) => {
	const at = logits.subarray(row * size, (row + 1) * size);
	return at.indexOf(Math.max(...at));
};

describe("an export as ONNX", () => {
	let model: ModelWeights;
	let expected: Float32Array;
	beforeAll(async () => {
		model = await loadModelFolder(starter);
		expected = await ownLogits(model, IDS);
	});

	// Half precision keeps 11 bits of a weight, a byte 8 with a scale for each 32; measured 3e-4 and 1.2e-2.
	it.each([
		["fp32", 1e-6],
		["fp16", 2e-3],
		["q8", 3e-2],
	] as const)("in %s answers over its cache as the model does", async (dtype, limit) => {
		const outDir = join(temporaryFolder(), "out");
		const { config, tensors } = model;
		const report = await exportOnnx({ config, tensors, sourceDir: starter, outDir, dtype });
		const found = await answering(outDir, config, dtype).logits(IDS, 1);
		expect(difference(found, expected)).toBeLessThan(limit);
		expect(top(found, config.vocabSize, 11)).toBe(top(expected, config.vocabSize, 11));
		const json = JSON.parse(readFileSync(join(outDir, "config.json"), "utf8"));
		const { "transformers.js_config": added, ...kept } = json;
		expect(kept).toEqual(JSON.parse(readFileSync(join(starter, "config.json"), "utf8")));
		expect(added).toEqual({ dtype, ...(dtype === "fp16" && { kv_cache_dtype: { fp16: "float16" } }) });
		const file = { fp32: "onnx/model.onnx", fp16: "onnx/model_fp16.onnx", q8: "onnx/model_quantized.onnx" }[
			dtype
		];
		expect(report.files.map(({ name }) => name)).toEqual([
			"config.json",
			"generation_config.json",
			file,
			"special_tokens_map.json",
			"tokenizer.json",
			"tokenizer_config.json",
		]);
		// Bytes as estimated: what the user is told before.
		const asked = { fp32: "F32", fp16: "F16", q8: "INT8" } as const;
		const estimate = onnxFormat.estimatedBytes(
			{ config, tensors, modelDir: starter, adapter: null },
			asked[dtype],
		);
		expect(Math.abs(estimate - report.bytes) / report.bytes).toBeLessThan(0.05);
	});

	it("writes the caps of Gemma 2 as transformers wants them read", async () => {
		const outDir = join(temporaryFolder(), "out");
		const sourceDir = join(fixtures, "gemma2-tiny");
		const { config, tensors } = await loadModelFolder(sourceDir);
		await exportOnnx({ config, tensors, sourceDir, outDir, dtype: "fp32" });
		const text = readFileSync(join(outDir, "config.json"), "utf8");
		expect(text).toContain('"final_logit_softcapping": 1.0');
		expect(JSON.parse(text)).toMatchObject({ attn_logit_softcapping: 1.5, final_logit_softcapping: 1 });
	});

	it("too large for one file is spread over several, and config.json says how many", async () => {
		const outDir = join(temporaryFolder(), "out");
		const { config, tensors } = model;
		const steps: number[] = [];
		const report = await exportOnnx({
			...{ config, tensors, sourceDir: starter, outDir, dtype: "fp32", inlineBytes: 0, fileBytes: 1_000_000 },
			onProgress: (done, total) => steps.push(done / total),
		});
		const data = report.files.filter(({ name }) => name.startsWith("onnx/model.onnx_data"));
		expect(data.map(({ name }) => name)).toEqual([
			"onnx/model.onnx_data",
			"onnx/model.onnx_data_1",
			"onnx/model.onnx_data_2",
		]);
		for (const { bytes } of data) expect(bytes).toBeLessThanOrEqual(1_000_000);
		expect(statSync(join(outDir, "onnx/model.onnx")).size).toBeLessThan(80_000);
		const json = JSON.parse(readFileSync(join(outDir, "config.json"), "utf8"));
		expect(json["transformers.js_config"].use_external_data_format).toEqual({ "model.onnx": 3 });
		expect(difference(await answering(outDir, config, "fp32").logits(IDS, 1), expected)).toBeLessThan(1e-6);
		expect(steps.at(-1)).toBe(1);
		expect([...steps].sort((a, b) => a - b)).toEqual(steps);
	});

	it("carries a template that has a file of its own where transformers.js reads it", async () => {
		const root = temporaryFolder();
		const sourceDir = writeTinyModel(join(root, "tiny"));
		writeFileSync(join(sourceDir, "chat_template.jinja"), "{{ messages[0].content }}\n");
		const { config, tensors } = await loadModelFolder(sourceDir);
		const outDir = join(root, "out");
		const { checks } = await exportOnnx({ config, tensors, sourceDir, outDir, dtype: "fp32" });
		const written = JSON.parse(readFileSync(join(outDir, "tokenizer_config.json"), "utf8"));
		expect(written.chat_template).toBe("{{ messages[0].content }}\n");
		expect(written.eos_token).toBe("<|end|>");
		expect(existsSync(join(outDir, "chat_template.jinja"))).toBe(true);
		expect(checks.join()).toContain("holds the template of chat_template.jinja");
	});

	it("refuses weights that half precision cannot hold, and leaves no folder", async () => {
		const { config, tensors } = model;
		const [out, width] = [config.hiddenSize, config.intermediateSize];
		const name = "model.layers.0.mlp.down_proj.weight";
		const large = new Map<string, TensorSource>(tensors).set(
			name,
			inMemory([out, width], new Float32Array(out * width).fill(7e4)),
		);
		const outDir = join(temporaryFolder(), "out");
		await expect(
			exportOnnx({ config, tensors: large, sourceDir: starter, outDir, dtype: "fp16" }),
		).rejects.toMatchObject({ code: "config-invalid", message: expect.stringContaining(name) });
		expect(existsSync(outDir)).toBe(false);
	});
});

describe("the graph of an export", () => {
	it.each([...FAMILIES.map((family) => `${family}-tiny`), "llama3-rope-tiny"])(
		"of %s reads a batch padded on the left as each row alone",
		async (name) => {
			const model = await loadModelFolder(join(fixtures, name));
			const { config, tensors } = model;
			const graph = toStandard(cacheGraph(config, tensors, "f32"), weightFormats.fp32);
			const session = await GraphSession.create(graph, { threads: 1 });
			const empty = { shape: [2, config.kvHeads, 0, config.headDim], data: new Float32Array() };
			const feeds: Record<string, HostTensor> = {
				input_ids: ints([[0, 0, 0, 0, 0, ...IDS.slice(0, 7)], IDS]),
				attention_mask: ints([[0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1], Array<number>(12).fill(1)]),
				position_ids: ints([[1, 1, 1, 1, 1, 0, 1, 2, 3, 4, 5, 6], [...IDS.keys()]]),
			};
			for (const input of session.inputNames.filter((name) => name.startsWith("past"))) feeds[input] = empty;
			const { logits } = await session.run(feeds);
			await session.release();
			expect(logits?.shape).toEqual([2, 12, config.vocabSize]);
			const found = logits?.data as Float32Array;
			const [first, second] = [
				found.subarray(5 * config.vocabSize, 12 * config.vocabSize),
				found.subarray(12 * config.vocabSize),
			];
			expect(difference(first, await ownLogits(model, IDS.slice(0, 7)))).toBeLessThan(1e-5);
			expect(difference(second, await ownLogits(model, IDS))).toBeLessThan(1e-5);
		},
	);

	it.each(ONNX_DTYPES)(
		"in %s holds ops of the ONNX standard, and products with bytes where it has any",
		async (dtype) => {
			const { config, tensors } = await loadModelFolder(join(fixtures, "qwen2-tiny"));
			const { nodes } = toStandard(cacheGraph(config, tensors, "f32"), weightFormats[dtype]);
			const others = new Set(nodes.filter(({ domain }) => domain !== "").map(({ op }: Node) => op));
			expect([...others]).toEqual(dtype === "q8" ? ["MatMulNBits"] : []);
			expect(nodes.some(({ op }) => op === "SimplifiedLayerNormalization")).toBe(false);
		},
	);
});
