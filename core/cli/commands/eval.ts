import { PROMPT_TEMPLATES } from "../../contract/task.ts";
import { defineCommand } from "../command.ts";
import { duration, percent } from "../format.ts";
import { integer, needed } from "../options.ts";
import { exitCodeOf, runJob } from "../run-job.ts";
import {
	DEFAULT_MAX_PROMPT_TOKENS,
	limit,
	maxPromptTokens,
	path,
	samplingOf,
	samplingOptions,
	task,
	template,
	threads,
} from "./shared.ts";

export const evaluate = defineCommand({
	name: "eval",
	summary: "measure a model's accuracy, greedy and sampled",
	about:
		"Greedy accuracy over the whole file, and the mean and standard deviation of sampled accuracy over several seeds.\n" +
		"A run's folder stands for its best checkpoint.",
	options: {
		model: needed(path("DIR", "model folder in the Hugging Face layout, or a run's folder")),
		data: needed(path("FILE", "problems with reference answers")),
		task: needed(task),
		samples: integer("seeds for the sampled accuracy; 0 measures greedy alone", { min: 0 }, "5"),
		...samplingOptions,
		template,
		limit,
		out: path("FILE.jsonl", "also write every graded greedy response here"),
		"max-prompt-tokens": maxPromptTokens,
		threads,
	},
	examples: [
		{
			line: "dqo eval --model resources/starter/model --data resources/starter/data/test.jsonl --task gsm8k --samples 0",
			does: "greedy accuracy of the starter model",
		},
		{
			line: "dqo eval --model runs/my-run --data test.jsonl --task gsm8k",
			does: "a run's best checkpoint, greedy and sampled",
		},
	],
	async run(values, context) {
		const result = await runJob<"evaluate">(
			{
				kind: "evaluate",
				modelDir: values.model,
				dataPath: values.data,
				task: values.task,
				template: values.template ?? PROMPT_TEMPLATES.plain,
				sampling: { ...samplingOf(values), n: 1 },
				sampledSeeds: values.samples ?? 5,
				maxPromptTokens: values["max-prompt-tokens"] ?? DEFAULT_MAX_PROMPT_TOKENS,
				outPath: values.out ?? null,
				limit: values.limit ?? null,
				threads: values.threads ?? 0,
				eventsPath: null,
			},
			context,
		);
		const { greedy, sampled, ...rest } = result;
		const lines = [`greedy   ${percent(greedy.accuracy)} (n = ${greedy.n})`];
		if (sampled)
			lines.push(`sampled  ${percent(sampled.mean)} ± ${percent(sampled.std)} (${sampled.n} seeds)`);
		if (rest.skippedPrompts > 0) lines.push(`${rest.skippedPrompts} prompts were too long and left out.`);
		lines.push(`took ${duration(rest.wallSeconds)}`);
		return {
			json: { greedy, ...(sampled === null ? {} : { sampled }), ...rest },
			text: lines.join("\n"),
			exitCode: exitCodeOf(result),
		};
	},
});
