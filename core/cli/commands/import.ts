import { importAdapter } from "../../export/import-adapter.ts";
import { defineCommand } from "../command.ts";
import { byteSize } from "../format.ts";
import { needed } from "../options.ts";
import { path } from "./shared.ts";

export const importCommand = defineCommand({
	name: "import",
	summary: "take in a LoRA adapter of PEFT's, to train, sample or evaluate it as a model",
	about:
		"Checks that the adapter fits the model it was trained on, and writes a small folder that names that model by where it\n" +
		"lies here. Such a folder goes wherever a model does: --model of train, generate, eval. Merge it with export after\n" +
		"training on it, or use it as it is. An adapter that names a folder of this machine needs no import.",
	options: {
		adapter: needed(path("DIR", "folder with adapter_config.json and adapter_model.safetensors")),
		base: path("DIR", "the model it was trained on; otherwise the folder that the adapter names"),
		out: needed(path("DIR", "new or empty folder")),
	},
	examples: [
		{
			line: "dqo import --adapter downloads/adapter --base models/llama --out models/llama-adapted",
			does: "an adapter as a model",
		},
		{ line: "dqo import --adapter ours/adapter --out ours/model", does: "one whose model is a folder here" },
	],
	async run(values) {
		const { adapter, base, out } = values;
		const result = await importAdapter({ adapterDir: adapter, baseDir: base ?? null, outDir: out });
		const checks = result.checks.map((check) => `  checked: ${check}`);
		return {
			json: { ...result },
			text: [`${result.dir}: ${result.files.length} files, ${byteSize(result.bytes)}`, ...checks].join("\n"),
		};
	},
});
