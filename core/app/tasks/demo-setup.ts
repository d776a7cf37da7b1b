import { fileURLToPath } from "node:url";
import { z } from "zod";
import { resolveRunConfig } from "../../contract/resolve.ts";
import type { RunConfig } from "../../contract/run.ts";
import { PAPER_SAMPLING, type SamplingConfig, samplingConfigSchema } from "../../contract/sampling.ts";
import { PROMPT_TEMPLATES } from "../../contract/task.ts";
import { readJson } from "../../store/files.ts";

const resource = (name: string) => fileURLToPath(new URL(`../../../resources/${name}`, import.meta.url));

const presetSchema = z.strictObject({
	/** Training prompts that responses are sampled for. */
	prompts: z.int().min(1),
	sampling: samplingConfigSchema.partial(),
	/** Fields of the run configuration, checked when it is resolved. */
	run: z.record(z.string(), z.unknown()),
});

/** Everything that the demo is made of, settled before it starts. */
export interface DemoSetup {
	readonly modelDir: string;
	readonly trainPath: string;
	/** Used for nothing but the measurement before and after. */
	readonly testPath: string;
	readonly prompts: number;
	readonly sampling: SamplingConfig;
	readonly config: RunConfig;
	/** What generation and evaluation share. */
	readonly shared: {
		readonly template: string;
		readonly maxPromptTokens: number;
		readonly threads: number;
		readonly eventsPath: null;
	};
}

/** The demo of a seed, its sampled responses in `responsesPath`: the starter model and `resources/presets/demo.json`. */
export function demoSetup(seed: number, threads: number, responsesPath: string): DemoSetup {
	const preset = presetSchema.parse(readJson(resource("presets/demo.json")));
	const modelDir = resource("starter/model");
	const config = resolveRunConfig({
		...preset.run,
		modelDir,
		dataPath: responsesPath,
		validationPath: resource("starter/data/validation.jsonl"),
		task: "gsm8k",
		seed,
		threads,
		// A model this small trains faster on the CPU than on any GPU, and its figures are known there.
		provider: "cpu",
	});
	return {
		modelDir,
		trainPath: resource("starter/data/train.jsonl"),
		testPath: resource("starter/data/test.jsonl"),
		prompts: preset.prompts,
		sampling: { ...PAPER_SAMPLING, ...preset.sampling, seed },
		config,
		shared: {
			template: PROMPT_TEMPLATES.plain,
			maxPromptTokens: config.maxPromptTokens,
			threads,
			eventsPath: null,
		},
	};
}
