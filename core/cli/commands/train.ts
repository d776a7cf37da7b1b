import { basename, dirname } from "node:path";
import { gridPoints, PRESETS } from "../../contract/preset.ts";
import { resolveRunConfig } from "../../contract/resolve.ts";
import { METHODS, PRECISIONS, type RunConfig, runConfigSchema } from "../../contract/run.ts";
import { TASKS } from "../../contract/task.ts";
import { loadPreset } from "../../store/presets.ts";
import { RunStore } from "../../store/run-store.ts";
import { defineCommand } from "../command.ts";
import { defined, objectIn, RUN_PATHS } from "../config-file.ts";
import { duration, percent } from "../format.ts";
import { choice, flag, integer, number, usageError, type Values } from "../options.ts";
import { exitCodeOf, runJob } from "../run-job.ts";
import { columns, invalidRows, newRunDir, path, provider, seed, template, threads } from "./shared.ts";

const options = {
	model: path("DIR", "model folder in the Hugging Face layout to start from"),
	data: path("FILE", "training data, in the form that the method learns from"),
	out: path("RUNDIR", "folder of the run", "runs/METHOD-TIME"),
	config: path("run.json", "run configuration; options on the command line win over it"),
	preset: choice(
		PRESETS,
		"the paper's settings of a method (full fine-tuning), with the first of each list it searched; --config and other options win",
	),
	method: choice(METHODS, "training method", "dqo"),
	"validation-data": path("FILE", "held-out data; otherwise a share of the prompts is held out"),
	"validation-columns": { ...columns, help: "what the held-out file's own columns stand for" },
	task: choice(TASKS, "how held-out answers are graded", "gsm8k"),
	columns,
	"invalid-rows": invalidRows,
	template,
	beta: number("KL strength: larger stays closer to the start", { above: 0 }, "by method"),
	lambda: number("dqo: lambda-return mixing, 0 to 1", { min: 0, max: 1 }, "1"),
	"importance-weight": choice(
		runConfigSchema.shape.importanceWeight.options,
		"dqo: losses that the importance weight multiplies",
		"both",
	),
	"process-reward-scale": number("dqo: multiplies scores of segments; 0 leaves them out", { min: 0 }, "1"),
	"value-function": choice(
		runConfigSchema.shape.valueFunction.options,
		"dqo, dro: V as a network of its own, or a head on the policy's",
		"separate",
	),
	"label-smoothing": number("dpo: share of pairs taken to be the wrong way round", { min: 0, max: 0.5 }, "0"),
	"desirable-weight": number("kto: weight of correct responses", { above: 0 }, "1"),
	"undesirable-weight": number("kto: weight of wrong responses", { above: 0 }, "1"),
	lr: number("policy learning rate", { min: 0 }, "by method"),
	"value-lr": number("value learning rate", { min: 0 }, "by method"),
	epochs: number("passes over the data", { above: 0 }, "by method"),
	"max-steps": integer("stop after this many steps", { min: 1 }),
	"global-batch": integer("responses per step (dpo: pairs)", { min: 1 }, "by method"),
	"micro-tokens": integer("tokens run at once: memory against speed, same result", { min: 1 }, "4096"),
	"lora-rank": integer("train LoRA adapters of this rank", { min: 1 }, "16"),
	full: flag("train every weight instead of LoRA adapters"),
	recompute: flag("half the activation memory, 1.4 times the time"),
	precision: choice(PRECISIONS, "f16 or bf16, for GPUs: the base in half precision; slower on a CPU", "f32"),
	"max-response-tokens": integer("longer responses are cut", { min: 1 }, "512"),
	"eval-every": integer("steps between evaluations; 0 is once an epoch", { min: 0 }, "0"),
	"checkpoint-every": integer("steps between checkpoints; 0 is at each evaluation", { min: 0 }, "0"),
	seed,
	threads,
	provider,
	device: integer("which GPU of several, counted from 0", { min: 0 }, "0"),
	resume: flag("continue the run in --out from its last checkpoint"),
};
type TrainValues = Values<typeof options>;

const HINT = 'Write fields like {"beta": 0.1}.';

export const train = defineCommand({
	name: "train",
	summary: "train a model with DQO, DRO, KTO, DPO, RS or SFT",
	about:
		"Methods, and the data they learn from:\n" +
		"  sft  imitates every response, or the reference solution\n" +
		"  rs   imitates the correct responses; rewards or labels\n" +
		"  dpo  prefers the chosen response of a pair to the rejected one; pairs, which dqo pairs builds\n" +
		"  kto  raises correct responses and lowers wrong ones; rewards or labels\n" +
		"  dro  fits each response's probability to its score and a learned value of the prompt; rewards or labels\n" +
		"  dqo  does so token by token, with a learned value of every state; rewards or labels, also of segments\n\n" +
		"Ctrl-C writes a checkpoint and ends; --resume continues as if nothing had happened. Any field of the run\n" +
		"configuration can be given with --config; the resolved configuration is kept as RUNDIR/run.json.",
	options,
	examples: [
		{
			line: "dqo train --model resources/starter/model --data labelled.jsonl --out runs/first",
			does: "DQO on labelled responses",
		},
		{ line: "dqo train --out runs/first --resume", does: "continue an interrupted run" },
		{
			line: "dqo train --model my-model --data solutions.jsonl --method sft --full --lr 1e-5",
			does: "supervised fine-tuning of every weight",
		},
		{
			line: "dqo train --model my-model --data pairs.jsonl --preset paper-dpo --beta 0.01",
			does: "DPO with the paper's settings but for beta",
		},
	],
	async run(values, context) {
		const { runDir, config } = values.resume ? resumed(values) : fresh(values);
		const result = await runJob<"train">(
			{
				...{ kind: "train", runDir, config, resume: values.resume ?? false },
				...(values.device === undefined ? {} : { deviceId: values.device }),
			},
			context,
		);
		const best =
			result.bestCheckpoint === null
				? ""
				: `\nbest checkpoint: ${result.bestCheckpoint}${result.bestAccuracy === null ? "" : `, validation accuracy ${percent(result.bestAccuracy)}`}`;
		const next =
			result.reason === "stopped"
				? `\nContinue with: dqo train --out ${runDir} --resume`
				: `\nExport with: dqo export --run ${runDir} --format hf --out DIR`;
		return {
			json: { runDir, ...result },
			text: `${result.reason} after ${result.steps} steps in ${duration(result.wallSeconds)}${best}${next}`,
			exitCode: exitCodeOf(result),
		};
	},
});

function fresh(values: TrainValues): { runDir: string; config: RunConfig } {
	const given = fieldsGiven(values);
	const missing = (["model", "data"] as const).filter(
		(name) => given[`${name}${name === "model" ? "Dir" : "Path"}`] === undefined,
	);
	if (missing.length > 0) {
		throw usageError(
			`dqo train: ${missing.map((name) => `--${name} is missing`).join("; ")}.`,
			"Give them on the command line, or as modelDir and dataPath in --config.",
		);
	}
	const config = resolveRunConfig(given);
	return { runDir: values.out ?? newRunDir(config.method), config };
}

function resumed(values: TrainValues): { runDir: string; config: RunConfig } {
	if (values.out === undefined) {
		throw usageError(
			"dqo train: --resume needs --out RUNDIR.",
			"Name the run's folder; `dqo runs` lists them.",
		);
	}
	const saved = RunStore.open(dirname(values.out), basename(values.out)).readConfig();
	const given = fieldsGiven(values);
	// The engine holds the checkpoint against the result and refuses what would change the steps already made.
	return { runDir: values.out, config: resolveRunConfig({ ...saved, ...given }) };
}

/** The fields that were given: by a preset, over it by a configuration file, over both on the command line. */
function fieldsGiven(values: TrainValues): Record<string, unknown> {
	const given = { ...objectIn(values.config, RUN_PATHS, HINT), ...fromCommandLine(values) };
	if (values.preset === undefined) return given;
	const preset = loadPreset(values.preset);
	if (given.method !== undefined && given.method !== preset.method) {
		throw usageError(
			`dqo train: the preset ${preset.name} is for ${preset.method}, not for ${given.method}.`,
			`Take --preset paper-${given.method}, or leave the method out.`,
		);
	}
	return { ...gridPoints(preset)[0], ...given };
}

/** The fields given on the command line. */
function fromCommandLine(values: TrainValues): Record<string, unknown> {
	if (values.full && values["lora-rank"] !== undefined) {
		throw usageError("dqo train: --full and --lora-rank exclude each other.", "Give one of them.");
	}
	const rank = values["lora-rank"];
	return defined({
		modelDir: values.model,
		dataPath: values.data,
		columns: values.columns,
		invalidRows: values["invalid-rows"],
		validationPath: values["validation-data"],
		validationColumns: values["validation-columns"],
		method: values.method,
		task: values.task,
		template: values.template,
		beta: values.beta,
		lambda: values.lambda,
		importanceWeight: values["importance-weight"],
		processRewardScale: values["process-reward-scale"],
		valueFunction: values["value-function"],
		labelSmoothing: values["label-smoothing"],
		desirableWeight: values["desirable-weight"],
		undesirableWeight: values["undesirable-weight"],
		lr: values.lr,
		valueLr: values["value-lr"],
		epochs: values.epochs,
		maxSteps: values["max-steps"],
		globalBatch: values["global-batch"],
		microTokens: values["micro-tokens"],
		adapter: values.full ? { type: "full" } : rank === undefined ? undefined : { type: "lora", rank },
		recompute: values.recompute,
		precision: values.precision,
		maxResponseTokens: values["max-response-tokens"],
		evalEverySteps: values["eval-every"],
		checkpointEverySteps: values["checkpoint-every"],
		seed: values.seed,
		threads: values.threads,
		provider: values.provider,
	});
}
