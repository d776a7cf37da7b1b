// Writes the exports that peft_check.py loads with peft and transformers: tsx export_for_check.ts <folder>
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { exportHf } from "../../core/export/hf.ts";
import { exportPeft } from "../../core/export/peft.ts";
import { hfConfigText } from "../../core/models/config.ts";
import { loadModelFolder } from "../../core/models/hf/load.ts";
import { mergedTensors } from "../../core/models/hf/merge.ts";
import { readPeftAdapter } from "../../core/models/hf/peft.ts";
import { writeSafetensors } from "../../core/models/hf/safetensors.ts";
import { atomicWrite } from "../../core/store/files.ts";

const out = process.argv[2];
if (out === undefined) throw new Error("usage: export_for_check.ts <folder>");
const fixtures = join(import.meta.dirname, "../../fixtures");

const PAIRS = readdirSync(join(fixtures, "adapters"))
	.filter((adapter) => adapter.endsWith("-lora"))
	.map((adapter): [string, string] => [adapter.replace(/-lora$/, ""), adapter]);
PAIRS.push(["llama-bf16-sharded-tiny", "llama-tiny-lora"]);

for (const [model, adapterName] of PAIRS) {
	const sourceDir = join(fixtures, "models", model);
	const { config, tensors } = await loadModelFolder(sourceDir);
	const adapter = readPeftAdapter(join(fixtures, "adapters", adapterName), config);
	await exportPeft({ config, adapter, baseModel: model, outDir: join(out, model, "adapter") });
	const merged = mergedTensors(tensors, adapter);
	await exportHf({ config, tensors: merged, sourceDir, outDir: join(out, model, "merged") });
	await exportHf({ config, tensors: merged, sourceDir, outDir: join(out, model, "f32"), dtype: "F32" });
	await exportHf({ config, tensors: merged, sourceDir, outDir: join(out, model, "f16"), dtype: "F16" });
}

// A folder for a new model: config.json in our words rather than a copy.
for (const model of readdirSync(join(fixtures, "models"))) {
	const { config, tensors } = await loadModelFolder(join(fixtures, "models", model));
	const dir = join(out, model, "rewritten");
	atomicWrite(join(dir, "config.json"), hfConfigText(config));
	writeSafetensors(join(dir, "model.safetensors"), tensors, { format: "pt" }, { dtype: "F32" });
}
