import type { ExportFormatId } from "../../../core/contract/exports.ts";

export interface Snippet {
	/** The program that reads the folder. */
	readonly label: string;
	readonly text: string;
}

/** How other programs open an export, in as few lines as they need. */
export function snippets(format: ExportFormatId, dir: string): Snippet[] {
	return SNIPPETS[format](dir);
}

const SNIPPETS: Readonly<Record<ExportFormatId, (dir: string) => Snippet[]>> = {
	hf: (dir) => [
		{
			label: "Transformers",
			text: `from transformers import pipeline\ngenerate = pipeline("text-generation", model=${JSON.stringify(dir)})`,
		},
		{ label: "vLLM", text: `vllm serve ${shellQuoted(dir)}` },
	],
	peft: (dir) => [
		{
			label: "PEFT",
			text: `from peft import AutoPeftModelForCausalLM\nmodel = AutoPeftModelForCausalLM.from_pretrained(${JSON.stringify(dir)})`,
		},
		{
			label: "PEFT where the base model lies elsewhere",
			text: `from peft import PeftModel\nfrom transformers import AutoModelForCausalLM\nbase = AutoModelForCausalLM.from_pretrained("BASE")\nmodel = PeftModel.from_pretrained(base, ${JSON.stringify(dir)})`,
		},
	],
	gguf: (dir) => [
		{ label: "llama.cpp", text: `llama-cli -m ${shellQuoted(`${dir}/model.gguf`)}` },
		{
			label: "Ollama",
			text: `ollama create my-model -f ${shellQuoted(`${dir}/Modelfile`)}\nollama run my-model`,
		},
		{ label: "LM Studio", text: `lms import ${shellQuoted(`${dir}/model.gguf`)}` },
	],
	onnx: (dir) => {
		const [, parent = "", name = dir] = /^(.*[\\/])([^\\/]+)$/.exec(dir) ?? [];
		return [
			{
				label: "transformers.js",
				text: `env.localModelPath = ${JSON.stringify(parent)};\nconst generate = await pipeline("text-generation", ${JSON.stringify(name)});`,
			},
		];
	},
};

function shellQuoted(text: string): string {
	return /^[\w./:@+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
