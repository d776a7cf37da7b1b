import { PAPER_SAMPLING, SEPARATORS } from "../../contract/sampling.ts";
import { PROMPT_TEMPLATES } from "../../contract/task.ts";
import { defineCommand } from "../command.ts";
import { duration } from "../format.ts";
import { choice, integer, needed } from "../options.ts";
import { exitCodeOf, runJob } from "../run-job.ts";
import {
	computing,
	DEFAULT_MAX_PROMPT_TOKENS,
	limit,
	machineOf,
	maxPromptTokens,
	path,
	resume,
	samplingOf,
	samplingOptions,
	task,
	template,
} from "./shared.ts";

export const processScores = defineCommand({
	name: "process-scores",
	summary: "score the steps of responses by roll-outs of their prefixes",
	about:
		"A correct response scores 1 on every segment. A wrong one is shortened segment by segment until a completion of\n" +
		"what is left comes out correct: those segments score 1, the rest 0. The output trains with process rewards.",
	options: {
		model: needed(path("DIR", "model that completes the prefixes: a model folder, or a run's folder")),
		data: needed(path("FILE", "responses with references, best as dqo generate --task writes them")),
		out: needed(path("FILE.jsonl", "file to write")),
		task: needed(task),
		rollouts: integer("completions of each prefix", { min: 1 }, String(PAPER_SAMPLING.n)),
		separator: choice(SEPARATORS, "what ends a segment: a line break, or a double one", "line"),
		...samplingOptions,
		template,
		limit,
		"max-prompt-tokens": maxPromptTokens,
		resume,
		...computing,
	},
	examples: [
		{
			line: "dqo process-scores --model resources/starter/model --data responses.jsonl --task gsm8k --out scored.jsonl",
			does: "score each line of the responses that dqo generate wrote",
		},
	],
	async run(values, context) {
		const result = await runJob<"process-scores">(
			{
				kind: "process-scores",
				modelDir: values.model,
				dataPath: values.data,
				outPath: values.out,
				task: values.task,
				template: values.template ?? PROMPT_TEMPLATES.plain,
				separator: values.separator ?? "line",
				sampling: { ...samplingOf(values), n: values.rollouts ?? PAPER_SAMPLING.n },
				maxPromptTokens: values["max-prompt-tokens"] ?? DEFAULT_MAX_PROMPT_TOKENS,
				limit: values.limit ?? null,
				resume: values.resume ?? false,
				...machineOf(values),
				eventsPath: null,
			},
			context,
		);
		const wrong = result.responses - result.correct;
		const resumed = result.resumed > 0 ? ` (${result.resumed} of them before)` : "";
		const skipped =
			result.skipped > 0 ? `\n${result.skipped} responses to prompts too long were left out.` : "";
		return {
			json: { ...result },
			text:
				`${result.responses} responses${resumed} in ${result.segments} segments, ${result.correct} correct; ` +
				`${result.recovered} of ${wrong} wrong ones begin well\n` +
				`${result.prefixes} prefixes completed, ${result.reusedPrefixes} known from another response; ` +
				`${result.rolloutTokens} tokens in ${duration(result.wallSeconds)}${skipped}\n${result.outPath}`,
			exitCode: exitCodeOf(result),
		};
	},
});
