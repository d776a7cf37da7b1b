import { join } from "node:path";
import { EXPORT_DTYPES, EXPORT_FORMATS } from "../../contract/exports.ts";
import { removeTemporaries } from "../../store/files.ts";
import { defineCommand } from "../command.ts";
import { byteSize } from "../format.ts";
import { choice, flag, needed } from "../options.ts";
import { runJob } from "../run-job.ts";
import { oneCheckpoint, path, threads } from "./shared.ts";

export const exportRun = defineCommand({
	name: "export",
	summary:
		"write a run's checkpoint in a form that other tools read: a model folder, an adapter, GGUF or ONNX",
	about:
		"hf is a complete Hugging Face model folder, adapters merged in; peft is the LoRA adapter alone; gguf is one file\n" +
		"for llama.cpp, Ollama and LM Studio, with a Modelfile; onnx is a folder for transformers.js and ONNX Runtime.\n" +
		"docs/exports.md tells how each is used. The files are reopened and compared with the run before they get their\n" +
		"final name. Files that read back but answer otherwise than the run, or cannot be compared, are kept, and the exit\n" +
		"code is 1.",
	options: {
		run: needed(path("RUNDIR", "folder of the run")),
		format: needed(choice(EXPORT_FORMATS, "what to write")),
		out: needed(path("DIR", "new or empty folder")),
		checkpoint: oneCheckpoint,
		dtype: choice(
			EXPORT_DTYPES,
			"number format of the weights, one that the format has; otherwise each tensor keeps its own",
		),
		"no-value-head": flag(
			"leave out the run's value function, which hf and peft exports carry in value_head/",
		),
		threads,
	},
	examples: [
		{ line: "dqo export --run runs/first --format hf --out first-model", does: "a merged model folder" },
		{
			line: "dqo export --run runs/first --format onnx --dtype INT8 --out for-the-browser",
			does: "an ONNX model of a byte a weight",
		},
		{
			line: "dqo export --run runs/first --format peft --out first-adapter --checkpoint last",
			does: "the newest adapter",
		},
		{
			line: "dqo export --run runs/first --format gguf --dtype Q8_0 --out first-gguf",
			does: "a file for llama.cpp and Ollama, a byte a weight",
		},
	],
	async run(values, context) {
		const written = runJob<"export">(
			{
				kind: "export",
				runDir: values.run,
				checkpoint: values.checkpoint ?? "best",
				format: values.format,
				outDir: values.out,
				dtype: values.dtype ?? null,
				...(values["no-value-head"] ? { valueHead: false } : {}),
				threads: values.threads ?? 0,
			},
			context,
		);
		// A process that was ended leaves its unfinished folder behind.
		const result = await written.finally(() => removeTemporaries(values.out));
		const checks = result.checks.map((check) => `  checked: ${check}`);
		const notes = result.notes.map((note) => `  note: ${note}`);
		return {
			json: { ...result },
			text: [
				`${result.dir}: ${result.files.length} files, ${byteSize(result.bytes)}, step ${result.step}`,
				...checks,
				...notes,
				...(values.format === "gguf"
					? [`  for Ollama: ollama create NAME -f ${join(result.dir, "Modelfile")}`]
					: []),
				result.verified
					? "  verified: it answers as the run's own policy does"
					: `  not verified: ${result.problem} The files are kept; compare before relying on them.`,
			].join("\n"),
			exitCode: result.verified ? 0 : 1,
		};
	},
});
