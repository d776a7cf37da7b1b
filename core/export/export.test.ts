import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { AppError } from "../contract/errors.ts";
import { parseHfConfig } from "../models/config.ts";
import { loadModelFolder } from "../models/hf/load.ts";
import { mergedTensors, mergeLora } from "../models/hf/merge.ts";
import { readPeftAdapter, toPeftConfig } from "../models/hf/peft.ts";
import { inMemory, openSafetensors, writeSafetensors } from "../models/hf/safetensors.ts";
import { temporaryFolder } from "../store/testing/temporary-folder.ts";
import { companionsOf } from "./companions.ts";
import { FORMATS } from "./formats.ts";
import { exportHf } from "./hf.ts";
import { exportPeft } from "./peft.ts";
import { checkWritten, exportFolder } from "./report.ts";
import { checkSpace } from "./sizes.ts";

const fixtures = join(import.meta.dirname, "../../fixtures");
const modelDir = join(fixtures, "models/llama-tiny");
const adapterDir = join(fixtures, "adapters/llama-tiny-lora");
async function llamaWithAdapter() {
	const weights = await loadModelFolder(modelDir);
	return { ...weights, adapter: readPeftAdapter(adapterDir, weights.config) };
}

const errorOf = async (promise: Promise<unknown>) => (await promise.catch((e: unknown) => e)) as AppError;

test("a merge by hand: W + 2 B A with W = I, A = [1 2 3], B = [1; -1]", () => {
	const w = Float32Array.of(1, 0, 0, 0, 1, 0);
	const merged = mergeLora(
		w,
		Float32Array.of(1, 2, 3),
		Float32Array.of(1, -1),
		{ out: 2, in: 3, rank: 1 },
		2,
	);
	expect([...merged]).toEqual([3, 4, 6, -2, -3, -6]);
	expect([...w]).toEqual([1, 0, 0, 0, 1, 0]);
	expect(() => mergeLora(w, w, w, { out: 2, in: 3, rank: 1 }, 2)).toThrow(/do not fit/);
});

test("merged weights equal those that peft merged", async () => {
	const { tensors, adapter } = await llamaWithAdapter();
	const merged = mergedTensors(tensors, adapter);
	for (const [name, tensor] of openSafetensors(join(fixtures, "weights/llama-tiny-merged.safetensors"))
		.tensors) {
		const expected = tensor.load();
		const found = merged.get(name)?.load() ?? [];
		expect(found).toHaveLength(expected.length);
		// peft sums the product in float32: a last bit may differ for values of order one.
		for (const [i, value] of expected.entries())
			expect(Math.abs((found[i] as number) - value)).toBeLessThan(5e-7);
		expect(found).not.toEqual(tensors.get(name)?.load());
	}
});

test("a merged export opens again as a model, with the source's files byte for byte and a true report", async () => {
	const { config, tensors, adapter } = await llamaWithAdapter();
	const sourceDir = temporaryFolder();
	for (const name of ["config.json", "generation_config.json"]) {
		writeFileSync(join(sourceDir, name), readFileSync(join(modelDir, name)));
	}
	writeFileSync(join(sourceDir, "tokenizer.json"), '{"odd":\r\n"bytes é"}');
	writeFileSync(join(sourceDir, "chat_template.jinja"), "{{ x }}\n\n");
	const outDir = join(temporaryFolder(), "out");
	const merged = mergedTensors(tensors, adapter);
	const verified: string[] = [];
	const verify = async (dir: string) => {
		verified.push(...readdirSync(dir));
		return ["Logits compared."];
	};
	const report = await exportHf({ config, tensors: merged, sourceDir, outDir, verify });

	for (const name of ["config.json", "generation_config.json", "tokenizer.json", "chat_template.jinja"]) {
		expect(readFileSync(join(outDir, name)).equals(readFileSync(join(sourceDir, name))), name).toBe(true);
	}
	const again = await loadModelFolder(outDir);
	expect(again.config).toEqual(config);
	for (const [name, tensor] of again.tensors) expect(tensor.load()).toEqual(merged.get(name)?.load());
	expect(report.files.map(({ name }) => name)).toEqual(readdirSync(outDir).sort());
	expect(verified.sort()).toEqual(readdirSync(outDir).sort());
	expect(report.bytes).toBe(report.files.reduce((sum, { bytes }) => sum + bytes, 0));
	expect(report.checks).toEqual([
		"model.safetensors: 21 tensors (F32) read back bit for bit.",
		"config.json, generation_config.json, tokenizer.json, chat_template.jinja: copied byte for byte.",
		"Logits compared.",
	]);
});

test("an export keeps the source's format, and config.json names another one when it is asked for", async () => {
	const sourceDir = join(fixtures, "models/llama-bf16-sharded-tiny");
	const { config, tensors } = await loadModelFolder(sourceDir);
	const root = temporaryFolder();
	await exportHf({ config, tensors, sourceDir, outDir: join(root, "same") });
	const same = openSafetensors(join(root, "same/model.safetensors")).tensors;
	for (const [name, tensor] of tensors) {
		expect(same.get(name)?.dtype, name).toBe(tensor.dtype);
		expect(same.get(name)?.load(), name).toEqual(tensor.load());
	}
	expect(readFileSync(join(root, "same/config.json"), "utf8")).toContain('"torch_dtype": "bfloat16"');

	await exportHf({ config, tensors, sourceDir, outDir: join(root, "f32"), dtype: "F32" });
	const json = JSON.parse(readFileSync(join(root, "f32/config.json"), "utf8"));
	expect(json.torch_dtype).toBe("float32");
	expect(parseHfConfig(json)).toEqual(config);
	const wide = openSafetensors(join(root, "f32/model.safetensors")).tensors;
	for (const [name, tensor] of tensors) expect(wide.get(name)?.load()).toEqual(tensor.load());
});

test("another format changes one entry of config.json and not a letter of the rest", async () => {
	const sourceDir = join(fixtures, "models/gemma2-tiny");
	const original = readFileSync(join(sourceDir, "config.json"), "utf8");
	const { config, tensors } = await loadModelFolder(sourceDir);
	const configAfter = async (from: string) => {
		const outDir = join(temporaryFolder(), "bf16");
		await exportHf({ config, tensors, sourceDir: from, outDir, dtype: "BF16" });
		return readFileSync(join(outDir, "config.json"), "utf8");
	};
	const named = await configAfter(sourceDir);
	expect(named).toBe(original.replace('"torch_dtype": "float32"', '"torch_dtype": "bfloat16"'));
	expect(named).toContain('"final_logit_softcapping": 1.0');

	const unnamed = temporaryFolder();
	writeFileSync(join(unnamed, "config.json"), original.replace('  "torch_dtype": "float32",\n', ""));
	const added = JSON.parse(await configAfter(unnamed));
	expect(added).toEqual({ ...JSON.parse(original), torch_dtype: "bfloat16" });
});

test("a folder that holds files is refused untouched; an empty one is used", async () => {
	const { config, tensors, adapter } = await llamaWithAdapter();
	const outDir = temporaryFolder();
	writeFileSync(join(outDir, "mine.txt"), "mine");
	const hf = { config, tensors, sourceDir: modelDir, outDir };
	expect(await errorOf(exportHf(hf))).toMatchObject({ code: "usage" });
	expect(await errorOf(exportPeft({ config, adapter, baseModel: "x", outDir }))).toMatchObject({
		code: "usage",
	});
	expect(readdirSync(outDir)).toEqual(["mine.txt"]);
	const empty = join(temporaryFolder(), "empty");
	mkdirSync(empty);
	expect((await exportHf({ ...hf, outDir: empty })).files.length).toBeGreaterThan(1);
});

test("a file in the folder's place is refused; a link to an empty folder leads the files there", async () => {
	const dir = temporaryFolder();
	writeFileSync(join(dir, "file"), "kept");
	const refused = await errorOf(exportFolder(join(dir, "file"), () => []));
	expect(refused).toMatchObject({ code: "usage", message: expect.stringContaining("is a file") });
	mkdirSync(join(dir, "target"));
	symlinkSync(join(dir, "target"), join(dir, "link"));
	const write = (folder: string) => {
		writeFileSync(join(folder, "model"), "weights");
		return [];
	};
	const { bytes } = await exportFolder(join(dir, "link"), write);
	expect(bytes).toBe(7);
	expect(readFileSync(join(dir, "target/model"), "utf8")).toBe("weights");
	expect(readdirSync(dir).sort()).toEqual(["file", "link", "target"]);
});

test("an export whose check fails, or whose weights belong elsewhere, leaves no folder", async () => {
	const { config, tensors } = await llamaWithAdapter();
	const root = temporaryFolder();
	const hf = { config, tensors, sourceDir: modelDir, outDir: join(root, "out") };
	const verify = async () => {
		throw new Error("logits differ");
	};
	expect((await errorOf(exportHf({ ...hf, verify }))).message).toBe("logits differ");
	const other = { ...hf, sourceDir: join(fixtures, "models/llama3-rope-tiny") };
	expect(await errorOf(exportHf(other))).toMatchObject({ code: "config-invalid" });
	const short = new Map(tensors);
	short.delete("model.norm.weight");
	expect((await errorOf(exportHf({ ...hf, tensors: short }))).message).toContain("model.norm.weight");
	expect(existsSync(hf.outDir)).toBe(false);
	expect(readdirSync(root)).toEqual([]);
});

test("sizes are those of the files, and a disk without room is refused with both numbers", async () => {
	const { config, tensors, adapter } = await llamaWithAdapter();
	const source = { config, modelDir, tensors, adapter };
	const outDir = join(temporaryFolder(), "out");
	const { bytes } = await exportHf({ config, tensors, sourceDir: modelDir, outDir });
	// What is written besides is the header of the weights.
	const estimate = FORMATS.hf.estimatedBytes(source, null);
	expect(bytes - estimate).toBeGreaterThan(0);
	expect(bytes - estimate).toBeLessThan(4000);
	expect(FORMATS.hf.estimatedBytes(source, "BF16")).toBeLessThan(0.6 * estimate);
	const values = [...adapter.modules.values()].flatMap(({ a, b }) => [...a.load(), ...b.load()]);
	expect(FORMATS.peft.estimatedBytes(source, null)).toBe(4 * values.length);

	checkSpace(outDir, 1000, 1000);
	expect(() => checkSpace(join(outDir, "not", "made"), 1)).not.toThrow();
	expect(() => checkSpace(outDir, 1001, 1000)).toThrow(
		expect.objectContaining({
			code: "disk-full",
			message: expect.stringContaining("takes 1,001 bytes"),
			details: { neededBytes: 1001, freeBytes: 1000 },
		}),
	);
});

test("weights past the limit of a file are numbered files with an index, and open again", async () => {
	const { config, tensors, adapter } = await llamaWithAdapter();
	const merged = mergedTensors(tensors, adapter);
	const outDir = join(temporaryFolder(), "out");
	const seen: number[] = [];
	const report = await exportHf({
		...{ config, tensors: merged, sourceDir: modelDir, outDir, shardBytes: 30_000 },
		onProgress: (done, total) => seen.push(done / total),
	});
	const names = report.files.map(({ name }) => name).filter((name) => name.startsWith("model"));
	expect(names).toEqual([
		"model-00001-of-00003.safetensors",
		"model-00002-of-00003.safetensors",
		"model-00003-of-00003.safetensors",
		"model.safetensors.index.json",
	]);
	expect(report.checks[0]).toBe("3 files of weights: 21 tensors (F32) read back bit for bit.");
	const index = JSON.parse(readFileSync(join(outDir, "model.safetensors.index.json"), "utf8"));
	const values = [...merged.values()].reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
	expect(index.metadata).toEqual({ total_size: 4 * values });
	expect(Object.keys(index.weight_map)).toHaveLength(21);
	expect(seen.at(-1)).toBe(1);
	expect([...seen].sort((a, b) => a - b)).toEqual(seen);
	const again = await loadModelFolder(outDir);
	for (const [name, tensor] of merged) expect(again.tensors.get(name)?.load(), name).toEqual(tensor.load());
});

test("a tensor that changed on disk after writing is found by reopening", () => {
	const path = join(temporaryFolder(), "model.safetensors");
	const written = writeSafetensors(path, new Map([["a", inMemory([2], Float32Array.of(1, 2))]]));
	checkWritten(path, written);
	const bytes = readFileSync(path);
	bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
	writeFileSync(path, bytes);
	expect(() => checkWritten(path, written)).toThrow(/tensor a does not read back/);
});

test("an adapter that peft wrote is exported again with the same tensors, names, and fields", async () => {
	const { config, adapter } = await llamaWithAdapter();
	const outDir = join(temporaryFolder(), "adapter");
	const report = await exportPeft({ config, adapter, baseModel: "llama-tiny", outDir });
	expect(report.files.map(({ name }) => name)).toEqual(["adapter_config.json", "adapter_model.safetensors"]);
	// The tensors file is equal byte for byte; of the configuration every field that we write has peft's value.
	const file = "adapter_model.safetensors";
	expect(readFileSync(join(outDir, file)).equals(readFileSync(join(adapterDir, file)))).toBe(true);
	const theirs = JSON.parse(readFileSync(join(adapterDir, "adapter_config.json"), "utf8"));
	theirs.target_modules.sort();
	expect(theirs).toMatchObject(JSON.parse(readFileSync(join(outDir, "adapter_config.json"), "utf8")));
});

test.each([
	["DoRA", { use_dora: true }, "use_dora"],
	["ranks that differ by module", { rank_pattern: { q_proj: 8 } }, "rank_pattern"],
	["extra trained modules", { modules_to_save: ["lm_head"] }, "modules_to_save"],
	["another method", { peft_type: "IA3" }, "peft_type"],
	["a rank that its tensors do not have", { r: 8 }, "A is [4,32] and B [32,4], the model asks for [8,32]"],
])("an adapter with %s is refused", async (_, fields, message) => {
	const { config, adapter } = await llamaWithAdapter();
	const dir = join(temporaryFolder(), "adapter");
	await exportPeft({ config, adapter, baseModel: "llama-tiny", outDir: dir });
	const json = { ...toPeftConfig(adapter, "llama-tiny"), ...fields };
	writeFileSync(join(dir, "adapter_config.json"), JSON.stringify(json));
	expect(() => readPeftAdapter(dir, config)).toThrow(
		expect.objectContaining({ code: "model-unsupported", message: expect.stringContaining(message) }),
	);
});

test("an adapter for another model, or with half of a pair, is refused naming the tensors", async () => {
	const { config, adapter } = await llamaWithAdapter();
	const dir = join(temporaryFolder(), "adapter");
	await exportPeft({ config, adapter, baseModel: "llama-tiny", outDir: dir });
	expect(() => readPeftAdapter(dir, { ...config, layers: 1 })).toThrow(/layers\.1\..* is no LoRA tensor/);
	const path = join(dir, "adapter_model.safetensors");
	const half = new Map(openSafetensors(path).tensors);
	half.delete("base_model.model.model.layers.0.mlp.up_proj.lora_A.weight");
	half.delete("base_model.model.model.layers.1.self_attn.q_proj.lora_B.weight");
	writeSafetensors(path, half);
	expect(() => readPeftAdapter(dir, config)).toThrow(
		expect.objectContaining({
			details: {
				problems: [
					"base_model.model.model.layers.0.mlp.up_proj.lora_B.weight has no lora_A beside it",
					"base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight has no lora_B beside it",
				],
			},
		}),
	);
});

test("a folder that has the name of a licence is left out of an export", async () => {
	const dir = temporaryFolder();
	mkdirSync(join(dir, "LICENSE"));
	writeFileSync(join(dir, "NOTICE"), "x");
	expect(companionsOf(dir)).toEqual(["NOTICE"]);
});
