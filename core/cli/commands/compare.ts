import { statSync } from "node:fs";
import type { Compared, CompareSpec, Comparison, Side } from "../../contract/comparison.ts";
import { PROMPT_TEMPLATES } from "../../contract/task.ts";
import { defineCommand } from "../command.ts";
import { percent, range, table } from "../format.ts";
import { integer, needed, usageError, type Values } from "../options.ts";
import { runJob } from "../run-job.ts";
import {
	computing,
	DEFAULT_MAX_PROMPT_TOKENS,
	limit,
	machineOf,
	maxPromptTokens,
	path,
	samplingOf,
	samplingOptions,
	task,
	template,
} from "./shared.ts";

const options = {
	a: needed(path("DIR|FILE", "model, run, or records written by `dqo eval --out`")),
	b: needed(path("DIR|FILE", "what to compare it with")),
	data: path("FILE", "problems with reference answers; not needed for two files of records"),
	task: { ...task, help: `${task.help}; not needed for two files of records` },
	samples: integer("seeds for the sampled accuracy; 0 compares greedy answers alone", { min: 0 }, "0"),
	...samplingOptions,
	template,
	limit,
	out: path("FILE.jsonl", "also write both answers to every problem here"),
	"max-prompt-tokens": maxPromptTokens,
	...computing,
};

export const compare = defineCommand({
	name: "compare",
	summary: "compare two models, runs or evaluations problem by problem",
	about:
		"Who solved what: wins and losses on the same problems, McNemar's test, and the difference with a 95 % interval.\n" +
		"A run's folder stands for its best checkpoint.",
	options,
	examples: [
		{
			line: "dqo compare --a my-model --b runs/my-run --data test.jsonl --task gsm8k",
			does: "what training won and lost",
		},
		{
			line: "dqo compare --a before.jsonl --b after.jsonl",
			does: "the same from records of two evaluations",
		},
	],
	async run(values, context) {
		const [a, b] = [sideOf(values.a, values), sideOf(values.b, values)];
		const { comparison } = await runJob<"compare">(
			{
				...{ kind: "compare", a, b, problems: problemsOf(values), seed: values.seed ?? 0 },
				...{ outPath: values.out ?? null, ...machineOf(values), eventsPath: null },
			},
			context,
		);
		return { json: { ...comparison }, text: textOf(comparison) };
	},
});

/** The records in a file, or the model or run in a folder, which must be evaluated. */
function sideOf(source: string, { data, task }: Values<typeof options>): Compared {
	if (!statSync(source, { throwIfNoEntry: false })?.isDirectory()) return { type: "records", path: source };
	if (data !== undefined && task !== undefined) return { type: "model", dir: source, checkpoint: "best" };
	throw usageError(
		`${source} is a folder, so it must be evaluated: --data and --task are missing.`,
		"Add --data FILE --task gsm8k, or give two files written by `dqo eval --out`.",
	);
}

function problemsOf(values: Values<typeof options>): CompareSpec["problems"] {
	const { data, task } = values;
	if (data === undefined || task === undefined) return null;
	return {
		dataPath: data,
		task,
		template: values.template ?? PROMPT_TEMPLATES.plain,
		sampling: { ...samplingOf(values), n: 1 },
		sampledSeeds: values.samples ?? 0,
		maxPromptTokens: values["max-prompt-tokens"] ?? DEFAULT_MAX_PROMPT_TOKENS,
		limit: values.limit ?? null,
	};
}

function textOf(result: Comparison): string {
	const { n, a, b, bothCorrect, bothWrong, wonByA, wonByB, difference, interval, mcnemar, sampled } = result;
	const side = (name: string, { accuracy, correct, interval: own }: Side) => [
		...[name, percent(accuracy), `${correct} of ${n}`, range(own)],
	];
	const counts = table([
		["", "b correct", "b wrong"],
		["a correct", String(bothCorrect), String(wonByA.length)],
		["a wrong", String(wonByB.length), String(bothWrong)],
	]);
	const left = result.onlyInA + result.onlyInB;
	return [
		table([["", "greedy", "correct", "95 %"], side("a", a), side("b", b)]),
		"",
		counts,
		"",
		`b - a: ${points(difference)} points (95 %: ${points(interval[0])} to ${points(interval[1])})`,
		`McNemar: p = ${mcnemar.exact.toPrecision(3)} exact, ${mcnemar.midP.toPrecision(3)} mid-p`,
		...(sampled
			? [
					`sampled: ${percent(sampled.a)} and ${percent(sampled.b)}, b - a ${points(sampled.difference)} points (95 %: ${points(sampled.interval[0])} to ${points(sampled.interval[1])})`,
				]
			: []),
		...(left > 0 ? [`${left} problems are in one evaluation only and were left out.`] : []),
	].join("\n");
}

/** 0.0525 → "+5.3": a difference of shares in percentage points. */
const points = (share: number): string => `${share < 0 ? "" : "+"}${(share * 100).toFixed(1)}`;
