import { join } from "node:path";
import { demoSetup } from "../../app/tasks/demo-setup.ts";
import { AppError } from "../../contract/errors.ts";
import type { EvaluateResult, GenerateResult, TrainResult } from "../../contract/jobs.ts";
import { atomicWrite } from "../../store/files.ts";
import { type CommandContext, defineCommand } from "../command.ts";
import { duration, percent, table } from "../format.ts";
import { runJob } from "../run-job.ts";
import { newRunDir, path, seed, threads } from "./shared.ts";

export const demo = defineCommand({
	name: "demo",
	summary: "train the built-in starter model with DQO and measure the gain",
	about:
		"Samples responses to training problems, labels them, trains with DQO, and measures greedy accuracy on the whole\n" +
		"held-out test set before and after. Test problems are used for nothing else. The folder gets summary.json.",
	options: { out: path("DIR", "folder of the run", "runs/demo-TIME"), seed, threads },
	examples: [
		{ line: "dqo demo", does: "about a minute on two CPU cores" },
		{ line: "dqo demo --out runs/again --seed 1 --json", does: "another seed; the summary as JSON" },
	],
	async run(values, context) {
		const runDir = values.out ?? newRunDir("demo");
		return demonstrate(runDir, values.seed ?? 0, values.threads ?? 0, context);
	},
});

async function demonstrate(runDir: string, seed: number, threads: number, context: CommandContext) {
	const started = performance.now();
	const responses = join(runDir, "responses.jsonl");
	const exportDir = join(runDir, "export");
	const setup = demoSetup(seed, threads, responses);
	const { config, sampling, shared } = setup;
	const step = (text: string) => context.reporter.line(text);
	const measure = (modelDir: string) =>
		finished(
			runJob<"evaluate">(
				{
					kind: "evaluate",
					modelDir,
					dataPath: setup.testPath,
					task: "gsm8k",
					sampling: { ...sampling, n: 1 },
					sampledSeeds: 0,
					outPath: null,
					limit: null,
					...shared,
				},
				context,
			),
		);

	step("1/5 measuring the starter model on the test problems");
	const before = await measure(setup.modelDir);
	step(
		`2/5 sampling ${sampling.n} responses to each of ${setup.prompts} training problems, and labelling them`,
	);
	const sampled = await finished(
		runJob<"generate">(
			{
				kind: "generate",
				modelDir: setup.modelDir,
				dataPath: setup.trainPath,
				outPath: responses,
				task: "gsm8k",
				sampling,
				limit: setup.prompts,
				...shared,
			},
			context,
		),
	);
	step(`3/5 training with DQO on ${sampled.responses} responses, ${sampled.correct ?? 0} of them correct`);
	const trained = await finished(runJob<"train">({ kind: "train", runDir, config, resume: false }, context));
	step("4/5 measuring the trained model on the test problems");
	const after = await measure(runDir);
	step("5/5 exporting");
	await runJob<"export">(
		{ kind: "export", runDir, checkpoint: "best", format: "hf", outDir: exportDir, dtype: null, threads },
		context,
	);
	const wallSeconds = (performance.now() - started) / 1000;
	const summary = {
		schemaVersion: 1,
		before: inShort(before),
		after: inShort(after),
		method: config.method,
		steps: trained.steps,
		wallSeconds,
		runDir,
		exportDir,
		seed,
		responses: sampled.responses,
		correctResponses: sampled.correct,
		bestStep: trained.bestStep,
		validationAccuracy: trained.bestAccuracy,
	};
	atomicWrite(join(runDir, "summary.json"), `${JSON.stringify(summary, null, "\t")}\n`);
	return { json: summary, text: describe(before, after, sampled, trained, summary) };
}

/** Waits for a stage; one that was stopped by Ctrl-C ends the demo. */
async function finished<R extends { reason: "completed" | "stopped" }>(stage: Promise<R>): Promise<R> {
	const result = await stage;
	if (result.reason === "completed") return result;
	throw new AppError({
		code: "cancelled",
		message: "The demo was stopped before its end.",
		hint: "What was written so far is in its folder; start it again with another --out.",
	});
}

function inShort({ greedy }: EvaluateResult) {
	return { greedy: greedy.accuracy, n: greedy.n };
}

function describe(
	before: EvaluateResult,
	after: EvaluateResult,
	sampled: GenerateResult,
	trained: TrainResult,
	summary: { wallSeconds: number; runDir: string; exportDir: string },
): string {
	const gain = (after.greedy.accuracy - before.greedy.accuracy) * 100;
	return [
		table([
			["", "greedy accuracy", "test problems"],
			["starter model", percent(before.greedy.accuracy), String(before.greedy.n)],
			["after DQO", percent(after.greedy.accuracy), String(after.greedy.n)],
			["gain", `${gain >= 0 ? "+" : ""}${gain.toFixed(1)} points`, ""],
		]),
		"",
		`${sampled.responses} responses, ${trained.steps} steps, ${duration(summary.wallSeconds)} in all`,
		`run:    ${summary.runDir}`,
		`export: ${summary.exportDir}`,
	].join("\n");
}
