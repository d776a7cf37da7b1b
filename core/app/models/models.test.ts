import {
	copyFileSync,
	cpSync,
	mkdirSync,
	readdirSync,
	rmSync,
	symlinkSync,
	truncateSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ModelEntry, modelsApi } from "../../contract/api-models.ts";
import { writePeftAdapter } from "../../models/hf/peft.ts";
import { inMemory, type TensorSource } from "../../models/hf/safetensors.ts";
import { writeTinyModel } from "../../models/testing/tiny-model.ts";
import { STARTER_DIR } from "../data/builtin.ts";
import { Desk } from "../data/testing/desk.ts";
import { createModelsHandlers } from "./handlers.ts";
import { estimateMemory } from "./memory.ts";

let desk: Desk;
let call: ReturnType<typeof createModelsHandlers>;
beforeAll(() => {
	desk = new Desk();
	call = createModelsHandlers(desk.models);
});
afterAll(() => desk.close());

it("a model of the hub's cache is called by its name and read from its snapshot, whichever folder is given", async () => {
	const repository = join(desk.dir, "files", "models--maker--tiny");
	const snapshot = join(repository, "snapshots", "a1");
	mkdirSync(snapshot, { recursive: true });
	mkdirSync(join(repository, "blobs"));
	for (const name of readdirSync(join(STARTER_DIR, "model"))) {
		copyFileSync(join(STARTER_DIR, "model", name), join(repository, "blobs", name));
		symlinkSync(join("..", "..", "blobs", name), join(snapshot, name));
	}
	const entry = await add(repository);
	expect(entry).toMatchObject({ name: "tiny", state: "ready", path: snapshot });
	for (const dir of [snapshot, join(snapshot, "config.json")]) expect((await add(dir)).id).toBe(entry.id);
	await call["models.remove"]({ id: entry.id });
});

/** A copy of the starter in a folder that may be named, changed by `change`. */
function copy(name: string, change: (dir: string) => void = () => {}): string {
	const dir = join(desk.dir, "files", name);
	cpSync(join(STARTER_DIR, "model"), dir, { recursive: true });
	change(dir);
	return dir;
}
async function add(dir: string): Promise<ModelEntry> {
	return modelsApi["models.add"].output.parse(await call["models.add"]({ path: dir }));
}

it("the starter is there from the start, with its sizes and soon what it needs", async () => {
	const starter = desk.models.resolve("starter");
	expect(starter).toMatchObject({ builtIn: true, state: "ready", family: "llama", dtype: "F32", layers: 3 });
	// 503 x 128 embeddings; per layer 4 x 128 x 128 attention, 3 x 128 x 320 MLP and two norms; one norm.
	expect(starter.parameters).toBe(503 * 128 + 3 * (4 * 128 * 128 + 3 * 128 * 320 + 2 * 128) + 128);
	while (desk.models.resolve("starter").loraMemoryBytes === null)
		await new Promise((resolve) => setTimeout(resolve, 20));
	const { models } = modelsApi["models.list"].output.parse(await call["models.list"]({}));
	expect(models[0]?.loraMemoryBytes).toBeGreaterThan(50e6);
	expect(models[0]).toMatchObject({ fits: true, smaller: null });
	const dir = join(STARTER_DIR, "model");
	const limitBytes = 0.9 * (models[0]?.loraMemoryBytes ?? 0);
	const tight = await estimateMemory({ dir, limitBytes });
	expect(tight?.bytes).toBe(models[0]?.loraMemoryBytes);
	expect(tight?.smaller?.microTokens).toBeLessThan(4096);
	expect(tight?.smaller?.memoryBytes).toBeLessThanOrEqual(limitBytes);
	expect((await estimateMemory({ dir, limitBytes: 1e6 }))?.smaller).toBeNull();
	await expect(call["models.remove"]({ id: "starter" })).rejects.toThrow(/cannot be removed/);
});

it("a folder is registered once, shown with its card and template, renamed, kept over a restart and forgotten", async () => {
	const dir = copy("mine", (to) => writeFileSync(join(to, "README.md"), "---\nlicense: mit\n---\n# Mine\n"));
	const entry = await add(dir);
	expect(entry).toMatchObject({ name: "mine", state: "ready", hasChatTemplate: true, contextLength: 2048 });
	expect((await add(join(dir, "config.json"))).id).toBe(entry.id);
	const card = modelsApi["models.card"].output.parse(await call["models.card"]({ id: entry.id }));
	expect(card).toMatchObject({ card: "# Mine\n", eosToken: "<|end|>", templateError: null });
	expect(card.templatePreview).toBe(
		"<|user|>What is 2 + 2?<|assistant|>4<|end|><|user|>And 3 + 5?<|assistant|>",
	);
	expect(card.files).toContainEqual({ name: "model.safetensors", bytes: 2_525_192 });
	await call["models.rename"]({ id: entry.id, name: "My model" });
	desk.reopen();
	call = createModelsHandlers(desk.models);
	expect(desk.models.resolve(entry.id)).toMatchObject({ name: "My model", parameters: entry.parameters });
	writeFileSync(join(dir, "config.json"), "{}");
	expect(desk.models.resolve(entry.id).refusal?.message).toMatch(/changed on disk/);
	rmSync(dir, { recursive: true });
	expect(desk.models.resolve(entry.id)).toMatchObject({
		state: "refused",
		refusal: { code: "file-missing" },
	});
	await call["models.remove"]({ id: entry.id });
	expect(() => desk.models.resolve(entry.id)).toThrow(/no such model/);
});

it("an adapter is listed with the name of its model, and is a model once its base is chosen; another base is refused", async () => {
	const base = await add(copy("base"));
	const [a, b] = [
		[4, 128],
		[128, 4],
	].map((shape) => inMemory(shape, new Float32Array(512).fill(0.01)));
	const modules = new Map([
		["model.layers.0.self_attn.q_proj", { a: a as TensorSource, b: b as TensorSource }],
	]);
	const dir = join(desk.dir, "files", "adapter");
	mkdirSync(dir);
	writePeftAdapter(dir, { rank: 4, alpha: 8, modules }, "somebody/tiny-llama");
	const refused = await add(dir);
	expect(refused).toMatchObject({
		state: "refused",
		refusal: { details: { adapterOf: "somebody/tiny-llama" } },
	});

	const narrow = copy("narrow", (to) => writeTinyModel(to));
	const other = await add(narrow);
	await expect(call["models.adopt"]({ id: refused.id, baseId: other.id })).rejects.toThrow(/q_proj: A is/);
	const adopted = await call["models.adopt"]({ id: refused.id, baseId: base.id });
	expect(modelsApi["models.adopt"].output.parse(adopted)).toMatchObject({
		...{ id: refused.id, name: "adapter", state: "ready", family: "llama", hasChatTemplate: true },
		parameters: base.parameters,
	});
	const card = await call["models.card"]({ id: refused.id });
	expect(card.eosToken).toBe("<|end|>");
	// One that names a folder of this machine needs no asking, as those that were exported here.
	const named = join(desk.dir, "files", "named");
	mkdirSync(named);
	writePeftAdapter(named, { rank: 4, alpha: 8, modules }, base.path);
	expect(await add(named)).toMatchObject({ state: "ready", parameters: base.parameters });
	writePeftAdapter(
		named,
		{ rank: 4, alpha: 8, modules },
		join(import.meta.dirname, "../../../fixtures/models/llama-tiny"),
	);
	await expect(add(named)).rejects.toThrow(/outside the folders/);
});

describe("a folder that cannot be trained is listed with the reason", () => {
	const config = (dir: string, fields: object) =>
		writeFileSync(join(dir, "config.json"), JSON.stringify(fields));
	it.each([
		["another family", (dir: string) => config(dir, { model_type: "mamba" }), "model-unsupported", "mamba"],
		[
			"cut weights",
			(dir: string) => truncateSync(join(dir, "model.safetensors"), 5000),
			"file-corrupt",
			"llama",
		],
		[
			"a header that claims to be huge",
			(dir: string) => writeFileSync(join(dir, "model.safetensors"), Buffer.alloc(64, 0xff)),
			"file-corrupt",
			"llama",
		],
		["no tokenizer", (dir: string) => rmSync(join(dir, "tokenizer.json")), "file-missing", "llama"],
		["no weights", (dir: string) => rmSync(join(dir, "model.safetensors")), "file-missing", "llama"],
	])("%s", async (name, change, code, family) => {
		const entry = await add(copy(name, change));
		expect(entry).toMatchObject({ state: "refused", family, refusal: { code } });
		expect(entry.refusal?.hint.length).toBeGreaterThan(15);
		const card = await call["models.card"]({ id: entry.id });
		expect(card.entry.id).toBe(entry.id);
	});

	it("unless it lies outside the places that may be read", async () => {
		const outside = fileURLToPath(new URL("../../../fixtures/models/llama-tiny", import.meta.url));
		await expect(add(outside)).rejects.toThrow(/outside the folders/);
	});

	it("an empty folder", async () => {
		mkdirSync(join(desk.dir, "files", "nothing"));
		expect(await add(join(desk.dir, "files", "nothing"))).toMatchObject({ state: "refused", family: null });
	});
});
