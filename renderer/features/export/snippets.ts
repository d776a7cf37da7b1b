import type { TaskSpec } from "../../../core/contract/api-tasks.ts";

export interface Snippet {
	/** The program that reads the folder. */
	readonly label: string;
	readonly text: string;
}

/** How other programs open an export, in as few lines as they need. */
export function snippets(format: Extract<TaskSpec, { kind: "export" }>["format"], dir: string): Snippet[] {
	const path = JSON.stringify(dir);
	if (format === "peft")
		return [
			{
				label: "PEFT",
				text: `from peft import AutoPeftModelForCausalLM\nmodel = AutoPeftModelForCausalLM.from_pretrained(${path})`,
			},
		];
	return [
		{
			label: "Transformers",
			text: `from transformers import pipeline\ngenerate = pipeline("text-generation", model=${path})`,
		},
		{ label: "vLLM", text: `vllm serve ${shellQuoted(dir)}` },
	];
}

function shellQuoted(text: string): string {
	return /^[\w./:@+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
