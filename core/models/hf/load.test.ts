import {
	copyFileSync,
	cpSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import type { AppError } from "../../contract/errors.ts";
import { publishedName, snapshotFolder } from "../../store/hub-cache.ts";
import { baseFolder } from "../../store/model-home.ts";
import { temporaryFolder } from "../../store/testing/temporary-folder.ts";
import { parseHfConfig } from "../config.ts";
import { expectedTensors, loadModelFolder } from "./load.ts";
import { readPeftAdapter } from "./peft.ts";
import { inMemory, openSafetensors, type TensorSource, writeSafetensors } from "./safetensors.ts";

const models = join(import.meta.dirname, "../../../fixtures/models");
const adapters = join(import.meta.dirname, "../../../fixtures/adapters");

function copyOf(model: string): string {
	const dir = temporaryFolder();
	cpSync(join(models, model), dir, { recursive: true });
	return dir;
}

/** A copy of llama-tiny with its tensors or its config.json changed. */
function changed(
	tensors: (all: Map<string, TensorSource>) => void,
	config: Record<string, unknown> = {},
	model = "llama-tiny",
): string {
	const dir = copyOf(model);
	const all = new Map<string, TensorSource>(
		openSafetensors(join(models, model, "model.safetensors")).tensors,
	);
	tensors(all);
	writeSafetensors(join(dir, "model.safetensors"), all);
	const json = JSON.parse(readFileSync(join(dir, "config.json"), "utf8"));
	writeFileSync(join(dir, "config.json"), JSON.stringify({ ...json, ...config }));
	return dir;
}

const errorOf = async (dir: string) => {
	const error = await loadModelFolder(dir).then(
		() => null,
		(e: AppError) => e,
	);
	expect(error).not.toBeNull();
	return error as AppError;
};

test.each(readdirSync(models))("a folder written by transformers loads: %s", async (model) => {
	const weights = await loadModelFolder(join(models, model));
	expect([...weights.tensors.keys()]).toEqual([...expectedTensors(weights.config).keys()]);
	expect(weights.unexpected).toEqual([]);
	expect(weights.contentHash).toMatch(/^[0-9a-f]{64}$/);
	for (const tensor of weights.tensors.values()) {
		expect(tensor.load().every(Number.isFinite)).toBe(true);
	}
	expect(weights.tensors.has("lm_head.weight")).toBe(!weights.config.tiedEmbeddings);
});

test("writing transformers' tensors again gives the same bytes of values", async () => {
	const path = join(temporaryFolder(), "model.safetensors");
	const shards = readdirSync(join(models, "llama-bf16-sharded-tiny")).filter((name) =>
		name.endsWith(".safetensors"),
	);
	for (const original of [
		join(models, "llama-tiny", "model.safetensors"),
		...shards.map((name) => join(models, "llama-bf16-sharded-tiny", name)),
	]) {
		const { tensors, metadata } = openSafetensors(original);
		writeSafetensors(path, tensors, metadata);
		expect(readFileSync(path).equals(readFileSync(original)), original).toBe(true);
	}
});

test("the content hash changes with the weights and with config.json", async () => {
	const same = await loadModelFolder(copyOf("llama-tiny"));
	const original = await loadModelFolder(join(models, "llama-tiny"));
	expect(same.contentHash).toBe(original.contentHash);
	const weights = await loadModelFolder(
		changed((all) => all.set("model.norm.weight", inMemory([32], new Float32Array(32)))),
	);
	const config = await loadModelFolder(changed(() => {}, { bos_token_id: 3 }));
	expect(new Set([original.contentHash, weights.contentHash, config.contentHash]).size).toBe(3);
});

test.each(readdirSync(adapters).filter((name) => name.endsWith("-lora")))(
	"an adapter written by peft is read, on all seven linear layers of each block: %s",
	(name) => {
		const path = join(models, name.replace(/-lora$/, ""), "config.json");
		const config = parseHfConfig(JSON.parse(readFileSync(path, "utf8")));
		expect(readPeftAdapter(join(adapters, name), config).modules.size).toBe(7 * config.layers);
	},
);

test("every missing, misshapen and unknown tensor is listed at once", async () => {
	const dir = changed((all) => {
		all.delete("model.layers.1.mlp.up_proj.weight");
		all.set("model.norm.weight", inMemory([31], new Float32Array(31)));
		all.set("model.layers.0.self_attn.q_norm.weight", inMemory([8], new Float32Array(8)));
		all.set("v_head.weight", inMemory([1], new Float32Array(1)));
	});
	const error = await errorOf(dir);
	expect(error.code).toBe("model-unsupported");
	expect(error.details).toEqual({
		problems: [
			"model.layers.1.mlp.up_proj.weight is missing",
			"model.norm.weight is [31], config.json asks for [32]",
			"model.layers.0.self_attn.q_norm.weight is not part of a llama decoder with this config.json",
		],
	});
});

test("another tool's tensors beside the decoder are reported; rotary buffers are not worth a word", async () => {
	const one = inMemory([1], new Float32Array(1));
	const weights = await loadModelFolder(
		changed((all) => {
			all.set("v_head.weight", one);
			all.set("model.layers.0.self_attn.rotary_emb.inv_freq", one);
		}),
	);
	expect(weights.unexpected).toEqual(["v_head.weight"]);
	expect(weights.tensors.has("v_head.weight")).toBe(false);
});

test("with tied embeddings a copied lm_head is passed over and a different one refused", async () => {
	const embedding = openSafetensors(join(models, "qwen2-tiny", "model.safetensors")).tensors.get(
		"model.embed_tokens.weight",
	) as TensorSource;
	const copied = changed((all) => all.set("lm_head.weight", embedding), {}, "qwen2-tiny");
	expect((await loadModelFolder(copied)).unexpected).toEqual([]);
	const other = inMemory(embedding.shape, new Float32Array(embedding.load().length));
	const error = await errorOf(changed((all) => all.set("lm_head.weight", other), {}, "qwen2-tiny"));
	expect(error.message).toContain("lm_head.weight differs");
});

test("tensors without the model prefix are refused with the reason", async () => {
	const error = await errorOf(
		changed((all) => {
			for (const [name, tensor] of [...all]) {
				all.delete(name);
				all.set(name.replace(/^model\./, ""), tensor);
			}
		}),
	);
	expect(error.hint).toContain('"model." prefix');
	expect(error.message).toMatch(/and 10 more\.$/);
});

test("missing shards are all named", async () => {
	const dir = copyOf("llama-bf16-sharded-tiny");
	rmSync(join(dir, "model-00001-of-00003.safetensors"));
	rmSync(join(dir, "model-00003-of-00003.safetensors"));
	const error = await errorOf(dir);
	expect(error.code).toBe("file-missing");
	expect(error.message).toContain(
		"2 of 3 weight files are missing: model-00001-of-00003.safetensors, model-00003-of-00003.safetensors",
	);
});

test("an index that lies is refused: a tensor in the wrong shard, a path out of the folder", async () => {
	const dir = copyOf("llama-bf16-sharded-tiny");
	copyFileSync(join(dir, "model-00001-of-00003.safetensors"), join(dir, "model-00002-of-00003.safetensors"));
	expect((await errorOf(dir)).message).toMatch(/model-00002-of-00003\.safetensors: tensor .*says it is here/);
	writeFileSync(join(dir, "model.safetensors.index.json"), '{"weight_map":{"a":"../secret.safetensors"}}');
	expect((await errorOf(dir)).message).toContain("is not a file name");
	writeFileSync(join(dir, "model.safetensors.index.json"), "[]");
	expect((await errorOf(dir)).code).toBe("file-corrupt");
});

test("a folder without safetensors says what it has instead", async () => {
	const dir = copyOf("llama-tiny");
	renameSync(join(dir, "model.safetensors"), join(dir, "pytorch_model.bin"));
	expect(await errorOf(dir)).toMatchObject({ code: "model-unsupported" });
	rmSync(join(dir, "pytorch_model.bin"));
	expect(await errorOf(dir)).toMatchObject({ code: "file-missing" });
	rmSync(join(dir, "config.json"));
	expect((await errorOf(dir)).message).toContain("has no config.json");
});

test("a path that is no model's folder is told by what is there", async () => {
	const dir = temporaryFolder();
	expect((await errorOf(join(dir, "gone"))).message).toContain("There is no folder");
	expect((await errorOf(dir)).message).toContain("is empty");
	cpSync(join(models, "llama-tiny"), join(dir, "inside"), { recursive: true });
	expect((await errorOf(dir)).hint).toContain(join(dir, "inside"));
	expect((await errorOf(join(dir, "inside", "config.json"))).message).toContain("is a file");
	writeFileSync(join(dir, "model-Q8_0.gguf"), "GGUF");
	for (const path of [dir, join(dir, "model-Q8_0.gguf")])
		expect(await errorOf(path)).toMatchObject({ code: "model-unsupported", message: /GGUF/ });
});

test("what Git leaves in the place of a file that it did not fetch is called that", async () => {
	const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 269060552\n";
	for (const name of ["model.safetensors", "config.json"]) {
		const dir = copyOf("llama-tiny");
		writeFileSync(join(dir, name), pointer);
		expect(await errorOf(dir)).toMatchObject({ message: /Git/, hint: /git lfs pull/ });
	}
});

test("a model opens from the hub's cache, by its folder and by its snapshot, and is the base that an adapter names", async () => {
	const hub = temporaryFolder();
	const repository = join(hub, "models--maker--tiny");
	for (const commit of ["a1", "b2"]) {
		const snapshot = join(repository, "snapshots", commit);
		mkdirSync(snapshot, { recursive: true });
		mkdirSync(join(repository, "blobs"), { recursive: true });
		for (const name of readdirSync(join(models, "llama-tiny"))) {
			copyFileSync(join(models, "llama-tiny", name), join(repository, "blobs", name));
			symlinkSync(join("..", "..", "blobs", name), join(snapshot, name));
		}
	}
	mkdirSync(join(repository, "refs"));
	writeFileSync(join(repository, "refs", "main"), "a1");
	expect(snapshotFolder(repository)).toBe(join(repository, "snapshots", "a1"));
	const { contentHash } = await loadModelFolder(join(models, "llama-tiny"));
	for (const dir of [repository, join(repository, "snapshots", "b2")])
		expect((await loadModelFolder(dir)).contentHash).toBe(contentHash);
	const adapter = join(hub, "adapter");
	mkdirSync(adapter);
	writeFileSync(join(adapter, "adapter_config.json"), '{"base_model_name_or_path": "maker/tiny"}');
	vi.stubEnv("HF_HUB_CACHE", hub);
	expect(baseFolder(adapter)).toBe(join(repository, "snapshots", "a1"));
	for (const dir of [repository, join(repository, "snapshots", "a1")])
		expect(publishedName(dir)).toBe("maker/tiny");
	// A name would mean the main branch.
	expect(publishedName(join(repository, "snapshots", "b2"))).toBe(join(repository, "snapshots", "b2"));
	vi.unstubAllEnvs();
	expect(baseFolder(adapter)).toBeNull();
	writeFileSync(
		join(adapter, "adapter_config.json"),
		JSON.stringify({ base_model_name_or_path: repository }),
	);
	expect(baseFolder(adapter)).toBe(join(repository, "snapshots", "a1"));
	expect(publishedName(repository)).toBe(repository);
});

test("an adapter's folder is called what it is", async () => {
	const adapter = join(adapters, "llama-tiny-lora");
	await expect(loadModelFolder(adapter)).rejects.toMatchObject({
		code: "model-unsupported",
		message: expect.stringContaining("LoRA adapter"),
	});
});
