import { PROMPT_TEMPLATES } from "../../contract/task.ts";
import { defineCommand } from "../command.ts";
import { duration } from "../format.ts";
import { flag, needed } from "../options.ts";
import { exitCodeOf, runJob } from "../run-job.ts";
import {
	columns,
	computing,
	DEFAULT_MAX_PROMPT_TOKENS,
	greedy,
	invalidRows,
	limit,
	machineOf,
	maxPromptTokens,
	path,
	responsesPerPrompt,
	resume,
	samplingOf,
	samplingOptions,
	task,
	template,
} from "./shared.ts";

export const generate = defineCommand({
	name: "generate",
	summary: "sample responses from a model",
	about:
		"Writes one JSON line per response: the prompt, the response, its log-probs, and a label when --task is given.",
	options: {
		model: needed(path("DIR", "model folder in the Hugging Face layout, or a run's folder")),
		data: needed(path("FILE", "prompts: JSONL, JSON, CSV or Parquet, gzip too")),
		out: needed(path("FILE.jsonl", "file to write")),
		n: responsesPerPrompt,
		...samplingOptions,
		greedy,
		task: { ...task, help: "label each response with this grader" },
		columns,
		"invalid-rows": invalidRows,
		template,
		limit,
		"max-prompt-tokens": maxPromptTokens,
		dedupe: flag("write responses of one prompt that have the same text once"),
		resume,
		...computing,
	},
	examples: [
		{
			line: "dqo generate --model resources/starter/model --data resources/starter/data/train.jsonl --out responses.jsonl --n 8 --limit 100 --task gsm8k",
			does: "sample 8 labelled responses for each of 100 problems",
		},
		{
			line: "dqo generate --model my-model --data prompts.jsonl --out answers.jsonl --greedy",
			does: "one greedy answer per prompt",
		},
	],
	async run(values, context) {
		const sampling = samplingOf(values);
		const result = await runJob<"generate">(
			{
				kind: "generate",
				modelDir: values.model,
				dataPath: values.data,
				...(values.columns ? { columns: values.columns } : {}),
				...(values["invalid-rows"] ? { invalidRows: values["invalid-rows"] } : {}),
				outPath: values.out,
				task: values.task ?? null,
				template: values.template ?? PROMPT_TEMPLATES.plain,
				sampling: {
					...sampling,
					greedy: values.greedy ?? false,
					n: values.n ?? (values.greedy ? 1 : sampling.n),
				},
				maxPromptTokens: values["max-prompt-tokens"] ?? DEFAULT_MAX_PROMPT_TOKENS,
				limit: values.limit ?? null,
				resume: values.resume ?? false,
				dedupe: values.dedupe ?? false,
				...machineOf(values),
				eventsPath: null,
			},
			context,
		);
		const perSecond = Math.round(result.responseTokens / Math.max(result.wallSeconds, 1e-3));
		// Tokens drawn before say nothing about the time taken now.
		const rate = result.resumed > 0 ? "" : ` (${perSecond} tokens/s)`;
		const resumed = result.resumed > 0 ? `, ${result.resumed} of them before` : "";
		const duplicates = result.duplicates > 0 ? `, ${result.duplicates} duplicates left out` : "";
		const labelled = result.correct === null ? "" : `, ${result.correct} correct`;
		const skipped =
			result.skippedPrompts > 0 ? `\n${result.skippedPrompts} prompts were too long and left out.` : "";
		return {
			json: { ...result },
			text:
				`${result.responses} responses to ${result.prompts} prompts${resumed}${labelled}${duplicates}, ` +
				`${result.truncated} cut at the length limit; ` +
				`${result.responseTokens} tokens in ${duration(result.wallSeconds)}${rate}${skipped}\n${result.outPath}`,
			exitCode: exitCodeOf(result),
		};
	},
});
