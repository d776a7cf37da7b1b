import { fileURLToPath } from "node:url";
import { makePlan } from "../../reproduce/make-plan.ts";
import { type Overview, reportPaths, reproduce as runReproduction } from "../../reproduce/run.ts";
import { headlineOf, verdictWord } from "../../reproduce/summary.ts";
import { type CommandContext, defineCommand } from "../command.ts";
import { duration, table } from "../format.ts";
import { choice, flag, integer, usageError } from "../options.ts";
import { newRunDir, path } from "./shared.ts";

const resource = (name: string) =>
	fileURLToPath(new URL(`../../../resources/starter/${name}`, import.meta.url));
const STARTER = {
	modelDir: resource("model"),
	trainPath: resource("data/train.jsonl"),
	validationPath: resource("data/validation.jsonl"),
	testPath: resource("data/test.jsonl"),
};
const DEFAULT_SEEDS = 3;
const REGIMES = ["all", "rare"] as const;

export const reproduce = defineCommand({
	name: "reproduce",
	summary: "run the paper's experiments on the starter model and write a report",
	about:
		"Trains SFT, RS, DPO, KTO, DRO, DQO and DQO with process scores on the same sampled data, each over its own settings\n" +
		"and several seeds, and tests the best of each once. The folder gets report.md, report.json and report.html,\n" +
		"with the paper's tables and what holds here. An interrupted reproduction continues with --resume.",
	options: {
		quick: flag("fewer problems and samples: minutes instead of the better part of an hour"),
		out: path("DIR", "folder of the reproduction", "runs/reproduce-TIME"),
		resume: flag("continue the reproduction in --out; what is finished is kept"),
		regime: choice(
			REGIMES,
			"all problems, or those of which the starter rarely samples a correct answer, with 16 samples each",
			"all",
		),
		seeds: integer("seeds of sampling and training", { min: 1, max: 100 }, String(DEFAULT_SEEDS)),
		parallel: integer("jobs at a time, one thread each", { min: 1, max: 64 }, "2"),
	},
	examples: [
		{ line: "dqo reproduce --quick", does: "a first look" },
		{ line: "dqo reproduce --out runs/paper", does: "the whole" },
		{ line: "dqo reproduce --regime rare --out runs/rare", does: "where correct samples are rare" },
		{ line: "dqo reproduce --out runs/paper --resume", does: "go on after an interruption" },
	],
	async run(values, { reporter, onInterrupt }) {
		if (values.resume && values.out === undefined) {
			throw usageError("--resume needs --out.", "Name the folder of the reproduction to continue.");
		}
		if (values.resume && (values.quick || values.regime !== undefined || values.seeds !== undefined)) {
			throw usageError(
				"--quick, --regime and --seeds cannot be given with --resume.",
				"A reproduction keeps the plan that it was started with.",
			);
		}
		const outDir = values.out ?? newRunDir("reproduce");
		const started = performance.now();
		const report = await runReproduction({
			outDir,
			starter: STARTER,
			plan: makePlan({
				form: values.quick ? "quick" : "full",
				seeds: values.seeds ?? DEFAULT_SEEDS,
				rare: values.regime === "rare",
			}),
			resume: values.resume ?? false,
			parallel: values.parallel ?? 2,
			onPlan: (overview) => announce(overview, outDir, reporter),
			onProgress: ({ id, done, total, secondsLeft }) =>
				reporter.line(`${done}/${total} ${id} · about ${duration(secondsLeft)} left`),
			onInterrupt: (stop) =>
				onInterrupt(() => {
					reporter.line("stopping in good order; press Ctrl-C again to end at once");
					stop();
				}),
		});
		const paths = reportPaths(outDir);
		const verdicts = report.verdicts.map((v) => [verdictWord(v), v.claim, v.detail]);
		const text = [
			headlineOf(report),
			"",
			table([["", "claim", "numbers"], ...verdicts]),
			"",
			`report: ${paths.html}`,
			`        ${paths.markdown}`,
			`        ${paths.json}`,
			`took ${duration((performance.now() - started) / 1000)}`,
		];
		return { json: { outDir, paths, report }, text: text.join("\n") };
	},
});

function announce(overview: Overview, outDir: string, reporter: CommandContext["reporter"]): void {
	const { plan, stages, finished, trainingRuns, tests, seconds } = overview;
	reporter.line(
		`${plan.form} form, seeds ${plan.seeds.join(", ")}: ${plan.prompts} problems with ${plan.samples} responses for each seed`,
	);
	reporter.line(
		`${trainingRuns} training runs and ${tests} tests, ${stages} stages in all, ${finished} finished`,
	);
	reporter.line(`about ${duration(seconds)} on a quiet machine, in ${outDir}`);
}
