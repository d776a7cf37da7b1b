import { METHODS } from "../../contract/run.ts";
import type { SweepConfigInput, SweepEvent, SweepPlan, SweepResult } from "../../contract/sweep.ts";
import { TASKS } from "../../contract/task.ts";
import { DeviceSlots } from "../../engine/device-slots.ts";
import { type RunSweepOptions, runSweep } from "../../sweeps/run-sweep.ts";
import { parseAxisWords } from "../../sweeps/words.ts";
import { type CommandContext, defineCommand } from "../command.ts";
import { asObject, defined, invalidConfig, objectIn, RUN_PATHS, withPaths } from "../config-file.ts";
import { percent, table } from "../format.ts";
import { choice, flag, integer, many, type Option, usageError, type Values } from "../options.ts";
import type { Reporter } from "../reporter.ts";
import { newRunDir, path, provider, seed } from "./shared.ts";

type Axis = ReturnType<typeof parseAxisWords>;
const space: Option<Axis> = {
	placeholder: "FIELD=VALUES",
	help: "field of the run configuration that varies, as 0.01,0.03 or 1e-6..1e-4:5log; may be given several times",
	required: false,
	read: parseAxisWords,
};

const devices: Option<number[]> = {
	placeholder: "0,1,...",
	help: "GPUs that runs are spread over, one each",
	required: false,
	fallback: "all",
	read: (value) => {
		if (!/^\d+(,\d+)*$/.test(value))
			throw new Error(`takes numbers with commas between them, not "${value}"`);
		return value.split(",").map(Number);
	},
};

const options = {
	config: path("sweep.json", "sweep configuration; options on the command line win over it"),
	base: path("run.json", "run configuration that every run starts from"),
	model: path("DIR", "model folder in the Hugging Face layout to start from"),
	data: path("FILE", "training data"),
	out: path("DIR", "folder of the sweep", "runs/sweep-TIME"),
	space: many(space),
	search: choice(["grid", "random", "asha"], "every combination, drawn ones, or successive halving", "grid"),
	trials: integer("runs drawn by random and asha", { min: 1 }),
	"min-steps": integer("asha: steps before the first cut", { min: 1 }),
	reduction: integer("asha: at each cut one in N goes on", { min: 2 }, "3"),
	method: choice(METHODS, "training method", "dqo"),
	task: choice(TASKS, "how held-out answers are graded", "gsm8k"),
	"validation-data": path("FILE", "held-out data; otherwise a share of the prompts is held out"),
	"test-data": path("FILE", "data that the best run alone is tested on, at the end"),
	"max-steps": integer("stop each run after this many steps", { min: 1 }),
	objective: choice(["accuracy", "heldOutLoss"], "what the best is picked by, on held-out data", "accuracy"),
	parallel: integer("runs at once, where memory allows", { min: 1 }, "half the cores"),
	provider,
	devices,
	seed,
	resume: flag("continue the sweep in --out"),
};
type SweepValues = Values<typeof options>;

const HINT = 'Write fields like {"base": {...}, "space": {"lr": "1e-6..1e-4:5 log"}}.';

export const sweep = defineCommand({
	name: "sweep",
	summary: "train many runs over a space of settings and pick the best",
	about:
		"Every run is checked before the first starts. The best is picked on held-out data, and only then tested.\n" +
		"Ctrl-C ends in good order; --resume continues, also after a crash, to the same best run.",
	options,
	examples: [
		{
			line: "dqo sweep --model my-model --data labelled.jsonl --space beta=0.01,0.03,0.1 --space lr=1e-5..1e-4:3log --out runs/grid",
			does: "nine runs, every combination",
		},
		{
			line: "dqo sweep --model my-model --data labelled.jsonl --search asha --min-steps 20 --trials 27 --space lr=1e-6..1e-3log --out runs/halving",
			does: "27 short runs, of which a third goes on at each cut",
		},
		{ line: "dqo sweep --out runs/grid --resume", does: "continue an interrupted sweep" },
	],
	async run(values, context) {
		const config = configOf(values);
		const outDir = values.out ?? newRunDir("sweep");
		const result = await withInterrupts(context, (signals) =>
			runSweep(config, {
				outDir,
				resume: values.resume ?? false,
				...(values.devices ? { slotsOf: spreadOver(values.devices) } : {}),
				...signals,
				onPlan: (plan) => announce(plan, context.reporter),
				onEvent: (event) => tell(event, context.reporter),
				onProgress: ({ stepsDone, stepsTotal, secondsLeft }) =>
					context.reporter.progress({ phase: "train", done: stepsDone, total: stepsTotal, secondsLeft }),
			}),
		);
		return {
			json: { ...result },
			text: resultText(result),
			exitCode: result.reason === "stopped" ? 130 : result.best === null ? 1 : 0,
		};
	},
});

/** Null continues the sweep as it was configured. */
function configOf(values: SweepValues): SweepConfigInput | null {
	const given = Object.keys(values).filter(
		(name) => !["out", "resume", "parallel", "devices"].includes(name),
	);
	if (values.resume && given.length === 0) {
		if (values.out !== undefined) return null;
		throw usageError("dqo sweep: --resume needs --out DIR.", "Name the sweep's folder.");
	}
	const file = objectIn(values.config, ["testData"], HINT);
	const base = {
		...objectIn(values.base, RUN_PATHS, HINT),
		...withPaths(asObject(file.base ?? {}, "base", HINT), values.config, RUN_PATHS),
		...defined({
			modelDir: values.model,
			dataPath: values.data,
			validationPath: values["validation-data"],
			method: values.method,
			task: values.task,
			maxSteps: values["max-steps"],
			provider: values.provider,
		}),
	};
	const axes = Object.fromEntries((values.space ?? []).map(({ field, axis }) => [field, axis]));
	const minSteps = values["min-steps"];
	const asha = minSteps === undefined ? undefined : defined({ minSteps, reduction: values.reduction });
	const own = defined({
		method: values.search,
		trials: values.trials,
		maxParallel: values.parallel,
		seed: values.seed,
		objective: values.objective,
		testData: values["test-data"],
		asha,
	});
	// The engine checks every field; here it only has to have the outer form.
	return {
		method: "grid",
		...file,
		...own,
		base,
		space: { ...spaceIn(file.space), ...axes },
	} as SweepConfigInput;
}

/** In a file, a field's values may also be written in words: `"lr": "1e-6..1e-4:5 log"`, or as a plain list. */
function spaceIn(written: unknown): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(asObject(written ?? {}, "space", HINT)).map(([field, axis]) => {
			if (Array.isArray(axis)) return [field, { values: axis }];
			if (typeof axis !== "string") return [field, axis];
			try {
				return [field, parseAxisWords(`${field}=${axis}`).axis];
			} catch (error) {
				throw invalidConfig(`space.${field}: ${(error as Error).message}`, HINT);
			}
		}),
	);
}

function spreadOver(devices: readonly number[]): RunSweepOptions["slotsOf"] {
	return async (providers) => (providers.every((one) => one === "cpu") ? null : new DeviceSlots(devices));
}

/** The first Ctrl-C ends the sweep in good order, the second at once. */
async function withInterrupts<T>(
	{ reporter, onInterrupt }: CommandContext,
	run: (signals: { stop: AbortSignal; kill: AbortSignal }) => Promise<T>,
): Promise<T> {
	const [stop, kill] = [new AbortController(), new AbortController()];
	const release = onInterrupt(() => {
		if (stop.signal.aborted) return kill.abort();
		reporter.line("stopping in good order; press Ctrl-C again to end at once");
		stop.abort();
	});
	try {
		return await run({ stop: stop.signal, kill: kill.signal });
	} finally {
		release();
	}
}

function announce(plan: SweepPlan, reporter: Reporter): void {
	const threads = plan.trials[0]?.config.threads ?? 0;
	const most = plan.config.method === "asha" ? "at most " : "";
	reporter.line(
		`${plan.trials.length} runs, ${most}${plan.totalSteps} steps in all; up to ${plan.parallel} at once with ${threads} thread${threads === 1 ? "" : "s"} each; the best by ${plan.objective === "accuracy" ? "validation accuracy" : "held-out loss"}`,
	);
	for (const note of plan.notes) reporter.line(note);
}

function tell(event: SweepEvent, reporter: Reporter): void {
	if (event.type === "trial-finished") {
		reporter.line(
			`${event.trial}: ${event.score === null ? "no mark" : event.score.toPrecision(4)} (${event.steps} steps)`,
		);
	}
	if (event.type === "trial-failed") {
		reporter.line(`${event.trial} failed${event.again ? " and is tried once more" : ""}: ${event.error}`);
	}
	if (event.type === "rung-finished")
		reporter.line(`after ${event.steps} steps go on: ${event.goOn.join(", ")}`);
	if (event.type === "test-started") reporter.line(`testing ${event.trial}, the best`);
}

function resultText(result: SweepResult): string {
	const { leaderboard, objective, best, test, outDir, reason } = result;
	const mark = (score: number | null) =>
		score === null ? "-" : objective === "accuracy" ? percent(score) : score.toPrecision(4);
	const fields = Object.keys(leaderboard[0]?.values ?? {});
	const rows = leaderboard.map((entry, i) => [
		String(i + 1),
		entry.trial,
		...fields.map((field) => String(entry.values[field])),
		mark(entry.score),
		String(entry.bestStep ?? "-"),
		String(entry.steps),
		entry.status,
	]);
	const heading = [
		"",
		"run",
		...fields,
		objective === "accuracy" ? "accuracy" : "held-out loss",
		"at step",
		"steps",
		"",
	];
	const weights = result.importance
		.filter(({ share }) => share !== null)
		.map(({ field, share }) => `${field} ${percent(share ?? 0)}`);
	const lines = [table([heading, ...rows])];
	if (weights.length > 0) lines.push(`variance of the score explained: ${weights.join(", ")}`);
	if (best !== null && reason === "completed")
		lines.push(`best: ${best.trial}, ${mark(best.score)}, in ${best.runDir}`);
	if (best === null && reason === "completed")
		lines.push("no run finished with a mark; see the errors in leaderboard.json");
	for (const { trial, error } of leaderboard) if (error !== null) lines.push(`${trial} failed: ${error}`);
	if (test !== null)
		lines.push(`test accuracy of the best: ${percent(test.greedy.accuracy)} (n = ${test.greedy.n})`);
	if (reason === "stopped") lines.push(`Continue with: dqo sweep --out ${outDir} --resume`);
	return lines.join("\n");
}
