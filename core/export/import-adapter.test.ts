import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import type { AppError } from "../contract/errors.ts";
import { inspectModelFolder, loadModelFolder } from "../models/hf/load.ts";
import { openSafetensors } from "../models/hf/safetensors.ts";
import { temporaryFolder } from "../store/testing/temporary-folder.ts";
import { importAdapter } from "./import-adapter.ts";
import { openPolicy } from "./run-policy.ts";

const fixtures = join(import.meta.dirname, "../../fixtures");
const baseDir = join(fixtures, "models/llama-tiny");
const adapterDir = join(fixtures, "adapters/llama-tiny-lora");
let outDir: string;
beforeEach(() => {
	outDir = join(temporaryFolder(), "adapted");
});

const errorOf = async (promise: Promise<unknown>) => (await promise.catch((e: unknown) => e)) as AppError;

/** Changes fields of an imported adapter's configuration. */
function change(dir: string, fields: object): void {
	const path = join(dir, "adapter_config.json");
	writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...fields }));
}

it("an adapter that peft wrote opens as the model that peft merges, under its base's configuration", async () => {
	const report = await importAdapter({ adapterDir, baseDir, outDir });
	expect(report.files.map(({ name }) => name)).toEqual(["adapter_config.json", "adapter_model.safetensors"]);
	const base = await loadModelFolder(baseDir);
	const opened = await openPolicy(outDir);
	expect(opened).toMatchObject({ modelDir: baseDir, config: base.config });
	expect(opened.contentHash).not.toBe(base.contentHash);
	const merged = openSafetensors(join(fixtures, "weights/llama-tiny-merged.safetensors")).tensors;
	expect(merged.size).toBe(2);
	for (const [name, tensor] of merged) {
		const found = opened.tensors.get(name)?.load() ?? [];
		for (const [i, value] of tensor.load().entries())
			expect(Math.abs((found[i] as number) - value)).toBeLessThan(5e-7);
	}
	expect(inspectModelFolder(outDir).files).toContain(join(outDir, "adapter_model.safetensors"));
});

it("an adapter on an adapter is both, in order, and a circle is no model", async () => {
	await importAdapter({ adapterDir, baseDir, outDir });
	const second = `${outDir}-twice`;
	await importAdapter({ adapterDir, baseDir: outDir, outDir: second });
	const name = "model.layers.0.self_attn.q_proj.weight";
	const [none, once, twice] = await Promise.all(
		[baseDir, outDir, second].map(async (dir) => (await loadModelFolder(dir)).tensors.get(name)?.load()),
	);
	for (const [i, value] of (none as Float32Array).entries()) {
		const moved = (once?.[i] as number) - value;
		expect(twice?.[i]).toBeCloseTo(value + 2 * moved, 5);
	}
	change(outDir, { base_model_name_or_path: second });
	expect((await errorOf(loadModelFolder(second))).code).toBe("model-unsupported");
});

it("rsLoRA is scaled by the root of its rank", async () => {
	await importAdapter({ adapterDir, baseDir, outDir });
	const { adapters } = inspectModelFolder(outDir);
	change(outDir, { use_rslora: true });
	const [plain, byRoot] = [adapters[0], inspectModelFolder(outDir).adapters[0]];
	expect(plain).toMatchObject({ rank: 4 });
	expect(byRoot?.alpha).toBe((plain?.alpha ?? 0) * 2);
});

it("a base that is not here is asked for, by the name that the adapter has for it", async () => {
	const error = await errorOf(importAdapter({ adapterDir, baseDir: null, outDir }));
	expect(error).toMatchObject({ code: "model-unsupported", hint: expect.stringContaining("--base") });
	expect(error.message).toMatch(/is a LoRA adapter of ".*", which is no model folder here/);
	expect(await errorOf(openPolicy(adapterDir))).toMatchObject({ code: "model-unsupported" });
});

it("another base is refused, with what does not fit it", async () => {
	const other = join(fixtures, "models/gemma-tiny");
	const error = await errorOf(importAdapter({ adapterDir, baseDir: other, outDir }));
	expect(error.code).toBe("model-unsupported");
	expect(error.message).toMatch(/self_attn\.\w+: A is \[4,\d+\] and B \[\d+,4\], the model asks for/);
	const qwen = join(fixtures, "adapters/qwen2-tiny-lora");
	await importAdapter({ adapterDir, baseDir, outDir });
	change(outDir, { use_dora: true });
	expect(
		(await errorOf(importAdapter({ adapterDir: outDir, baseDir, outDir: `${outDir}2` }))).message,
	).toContain("use_dora");
	expect((await errorOf(openPolicy(qwen))).code).toBe("model-unsupported");
});
