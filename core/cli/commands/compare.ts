import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError } from "../../contract/errors.ts";
import { PROMPT_TEMPLATES, type Task } from "../../contract/task.ts";
import { type Comparison, compare as compareRecords, type Side } from "../../evaluation/compare.ts";
import { type EvaluationRecord, readRecords } from "../../evaluation/records.ts";
import { type CommandContext, defineCommand } from "../command.ts";
import { percent, range, table } from "../format.ts";
import { integer, needed, usageError, type Values } from "../options.ts";
import { runJob } from "../run-job.ts";
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

const options = {
	a: needed(path("DIR|FILE", "model, run, or records written by `dqo eval --out`")),
	b: needed(path("DIR|FILE", "what to compare it with")),
	data: path("FILE", "problems with reference answers; not needed for two files of records"),
	task: { ...task, help: `${task.help}; not needed for two files of records` },
	samples: integer("seeds for the sampled accuracy; 0 compares greedy answers alone", { min: 0 }, "0"),
	...samplingOptions,
	template,
	limit,
	"max-prompt-tokens": maxPromptTokens,
	threads,
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
		const a = await recordsOf(values.a, values, context);
		const b = await recordsOf(values.b, values, context);
		const result = compareRecords(a, b, values.seed ?? 0);
		return { json: { ...result }, text: textOf(result) };
	},
});

/** The records in a file, or those of an evaluation of the model or run in a folder. */
async function recordsOf(
	source: string,
	values: Values<typeof options>,
	context: CommandContext,
): Promise<EvaluationRecord[]> {
	if (!statSync(source, { throwIfNoEntry: false })?.isDirectory()) return readRecords(source);
	if (values.data === undefined || values.task === undefined) {
		throw usageError(
			`${source} is a folder, so it must be evaluated: --data and --task are missing.`,
			"Add --data FILE --task gsm8k, or give two files written by `dqo eval --out`.",
		);
	}
	const folder = mkdtempSync(join(tmpdir(), "dqo-compare-"));
	try {
		const outPath = join(folder, "records.jsonl");
		await evaluated(source, values.data, values.task, outPath, values, context);
		return readRecords(outPath);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

async function evaluated(
	modelDir: string,
	dataPath: string,
	grader: Task,
	outPath: string,
	values: Values<typeof options>,
	context: CommandContext,
): Promise<void> {
	const { reason } = await runJob<"evaluate">(
		{
			kind: "evaluate",
			modelDir,
			dataPath,
			task: grader,
			template: values.template ?? PROMPT_TEMPLATES.plain,
			sampling: { ...samplingOf(values), n: 1 },
			sampledSeeds: values.samples ?? 0,
			maxPromptTokens: values["max-prompt-tokens"] ?? DEFAULT_MAX_PROMPT_TOKENS,
			outPath,
			limit: values.limit ?? null,
			threads: values.threads ?? 0,
			eventsPath: null,
		},
		context,
	);
	if (reason === "completed") return;
	throw new AppError({
		code: "cancelled",
		message: "Stopped before both sides were evaluated.",
		hint: "Run it again; nothing was left half written.",
	});
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
