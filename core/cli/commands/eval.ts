import type { EvaluateResult } from "../../contract/jobs.ts";
import type { GuidedDecoding } from "../../contract/sampling.ts";
import { PROMPT_TEMPLATES } from "../../contract/task.ts";
import { defineCommand } from "../command.ts";
import { duration, percent, range } from "../format.ts";
import { choice, integer, needed, usageError } from "../options.ts";
import { exitCodeOf, runJob } from "../run-job.ts";
import {
	columns,
	computing,
	DEFAULT_MAX_PROMPT_TOKENS,
	invalidRows,
	limit,
	machineOf,
	maxPromptTokens,
	path,
	samplingOf,
	samplingOptions,
	task,
	template,
} from "./shared.ts";

export const evaluate = defineCommand({
	name: "eval",
	summary: "measure a model's accuracy, greedy and sampled",
	about:
		"Greedy accuracy over the whole file, and the mean and standard deviation of sampled accuracy over several seeds,\n" +
		"with pass@k, majority vote and 95 % intervals. A run's folder stands for its best checkpoint. With --decode, a run\n" +
		"trained with dqo or dro also answers under the guidance of its value function.",
	options: {
		model: needed(path("DIR", "model folder in the Hugging Face layout, or a run's folder")),
		data: needed(path("FILE", "problems with reference answers")),
		task: needed(task),
		samples: integer("seeds for the sampled accuracy; 0 measures greedy alone", { min: 0 }, "5"),
		decode: choice(
			["greedy", "best-of-n", "beam"],
			"best-of-n: the sample with the highest V at its end. beam: search line by line, scored by V",
			"greedy",
		),
		n: integer("samples to choose from, or next lines drawn for each beam", { min: 1 }, "16, beam 4"),
		beams: integer("beginnings kept by beam search", { min: 1 }, "4"),
		...samplingOptions,
		columns,
		"invalid-rows": invalidRows,
		template,
		limit,
		out: path("FILE.jsonl", "also write a record of every problem here, for `dqo compare`"),
		"max-prompt-tokens": maxPromptTokens,
		...computing,
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
		{
			line: "dqo eval --model runs/my-run --data test.jsonl --task gsm8k --samples 0 --decode beam --n 4 --beams 4",
			does: "beam search guided by the run's value function",
		},
	],
	async run(values, context) {
		const guided = guidedOf(values);
		const result = await runJob<"evaluate">(
			{
				kind: "evaluate",
				modelDir: values.model,
				dataPath: values.data,
				...(values.columns ? { columns: values.columns } : {}),
				...(values["invalid-rows"] ? { invalidRows: values["invalid-rows"] } : {}),
				task: values.task,
				template: values.template ?? PROMPT_TEMPLATES.plain,
				sampling: { ...samplingOf(values), n: 1 },
				sampledSeeds: values.samples ?? 5,
				maxPromptTokens: values["max-prompt-tokens"] ?? DEFAULT_MAX_PROMPT_TOKENS,
				...(guided ? { guided } : {}),
				outPath: values.out ?? null,
				limit: values.limit ?? null,
				...machineOf(values),
				eventsPath: null,
			},
			context,
		);
		const { greedy, sampled, guided: chosen, ...rest } = result;
		const lines = [`greedy   ${accuracy(greedy)}`];
		if (sampled) lines.push(...sampledLines(sampled));
		if (chosen) lines.push(`${NAMES[chosen.decoding.type]} ${accuracy(chosen)}`);
		if (rest.skippedPrompts > 0) lines.push(`${rest.skippedPrompts} prompts were too long and left out.`);
		lines.push(`took ${duration(rest.wallSeconds)}`);
		return {
			json: {
				greedy,
				...(sampled === null ? {} : { sampled }),
				...(chosen === null ? {} : { guided: chosen }),
				...rest,
			},
			text: lines.join("\n"),
			exitCode: exitCodeOf(result),
		};
	},
});

const NAMES = { "best-of-n": "best V  ", beam: "beam    " } as const;

function guidedOf(values: {
	decode?: "greedy" | "best-of-n" | "beam" | undefined;
	n?: number | undefined;
	beams?: number | undefined;
}): GuidedDecoding | null {
	const { decode = "greedy", n, beams } = values;
	if (decode !== "beam" && beams !== undefined)
		throw usageError("--beams belongs to beam search.", "Add --decode beam.");
	if (decode === "greedy") {
		if (n !== undefined) throw usageError("--n chooses among samples.", "Add --decode best-of-n or beam.");
		return null;
	}
	return decode === "beam" ? { type: decode, n: n ?? 4, beams: beams ?? 4 } : { type: decode, n: n ?? 16 };
}

/** "52.5 % (n = 200, 95 %: 45.6 to 59.3 %)" */
function accuracy(result: EvaluateResult["greedy"]): string {
	return `${percent(result.accuracy)} (n = ${result.n}, 95 %: ${range(result.interval)})`;
}

function sampledLines({
	mean,
	std,
	n,
	interval,
	passAtK,
	majority,
}: NonNullable<EvaluateResult["sampled"]>): string[] {
	const lines = [`sampled  ${percent(mean)} ± ${percent(std)} (${n} seeds, 95 %: ${range(interval)})`];
	if (n === 1) return lines;
	return [
		...lines,
		`majority ${percent(majority.accuracy)} (of ${n}, 95 %: ${range(majority.interval)})`,
		...passAtK.map(({ k, value }) => `pass@${k}`.padEnd(9) + percent(value)),
	];
}
