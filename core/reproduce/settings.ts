import { join } from "node:path";
import type {
	EvaluateSpec,
	GenerateSpec,
	ProcessScoresSpec,
	TrainSpec,
	ValuesSpec,
} from "../contract/jobs.ts";
import { resolveRunConfig } from "../contract/resolve.ts";
import { PAPER_SAMPLING, type SamplingConfig } from "../contract/sampling.ts";
import { PROMPT_TEMPLATES } from "../contract/task.ts";
import type { Plan, Trial } from "./plan.ts";

/** The model and problems that everything starts from. */
export interface Starter {
	readonly modelDir: string;
	readonly trainPath: string;
	readonly validationPath: string;
	readonly testPath: string;
}

/** Files of problems; the plan may keep a part of each. */
export const PROBLEM_FILES = ["train", "validation", "test"] as const;
export type ProblemFile = (typeof PROBLEM_FILES)[number];

/** Seed of the sampled accuracy, the same for every model that is tested. */
const TEST_SEED = 1000;
/** Seed of the held-out responses that V is read on. */
const VALUE_SEED = 2000;
/** Prefixes are completed with other seeds than responses are drawn with. */
const PREFIX_SEED = 3000;
/** Seed of the responses that tell which problems the starter rarely solves. */
const PROBE_SEED = 9000;
/** Between 1e-4 and 1e-3, both of which gave DQO less on validation problems. */
const VALUE_LR = 3e-4;
/** With two trials at a time on two cores, one thread each is faster than two. */
const THREADS = 1;
const TASK = "gsm8k";

/** Where the files of a reproduction lie, and what its jobs are told. */
export class Settings {
	readonly plan: Plan;
	readonly starter: Starter;
	readonly outDir: string;

	constructor(plan: Plan, starter: Starter, outDir: string) {
		this.plan = plan;
		this.starter = starter;
		this.outDir = outDir;
	}

	/** A file of problems as this plan uses it. */
	problemsPath = (file: ProblemFile): string =>
		this.plan.rare === null ? this.starter[`${file}Path`] : this.path("data", `rare-${file}.jsonl`);
	probePath = (file: ProblemFile): string => this.path("data", `probe-${file}.jsonl`);
	samplesPath = (seed: number): string => this.path("data", `samples-seed${seed}.jsonl`);
	processPath = (seed: number): string => this.path("data", `process-seed${seed}.jsonl`);
	pairsPath = (seed: number): string => this.path("data", `pairs-seed${seed}.jsonl`);
	referencesPath = (): string => this.path("data", "references.jsonl");
	valueProblemsPath = (): string => this.path("data", "value-problems.jsonl");
	valueSamplesPath = (): string => this.path("data", "value-samples.jsonl");
	valueScoresPath = (): string => this.path("data", "value-scores.jsonl");
	gradedPath = (id: string): string => this.path("tests", `${id}.jsonl`);
	runDir = (id: string): string => this.path("trials", id);
	stagesDir = (): string => this.path("stages");

	/** Responses to all problems of a file, to find those that are rarely solved. */
	probe(file: ProblemFile, samples: number): GenerateSpec {
		return {
			kind: "generate",
			modelDir: this.starter.modelDir,
			dataPath: this.starter[`${file}Path`],
			outPath: this.probePath(file),
			sampling: this.sampling(PROBE_SEED, samples),
			limit: null,
			...this.common(),
		};
	}

	/** Responses to the training problems (`seed`), or to the held-out problems that V is read on (null). */
	generate(seed: number | null): GenerateSpec {
		const { plan, starter } = this;
		return {
			kind: "generate",
			modelDir: starter.modelDir,
			dataPath: seed === null ? this.valueProblemsPath() : this.problemsPath("train"),
			outPath: seed === null ? this.valueSamplesPath() : this.samplesPath(seed),
			sampling: this.sampling(seed ?? VALUE_SEED, seed === null ? plan.valueSamples : plan.samples),
			limit: seed === null ? null : plan.prompts,
			...this.common(),
		};
	}

	/** Process scores of the responses of one seed, or of the held-out responses (null). */
	processScores(seed: number | null): ProcessScoresSpec {
		return {
			kind: "process-scores",
			modelDir: this.starter.modelDir,
			dataPath: seed === null ? this.valueSamplesPath() : this.samplesPath(seed),
			outPath: seed === null ? this.valueScoresPath() : this.processPath(seed),
			separator: "line",
			sampling: this.sampling((seed ?? VALUE_SEED) + PREFIX_SEED, this.plan.rollouts),
			limit: null,
			...this.common(),
		};
	}

	/** A training run; `resume` continues the one that is there. */
	train(trial: Trial, resume: boolean): TrainSpec {
		const { plan, starter } = this;
		const { variant, point, seed } = trial;
		const data = {
			references: this.referencesPath(),
			samples: this.samplesPath(seed),
			pairs: this.pairsPath(seed),
			process: this.processPath(seed),
		};
		const config = resolveRunConfig({
			method: variant.method,
			modelDir: starter.modelDir,
			dataPath: data[variant.data],
			validationPath: this.problemsPath("validation"),
			task: TASK,
			template: PROMPT_TEMPLATES.plain,
			adapter: { type: "full" },
			lr: point.lr,
			...(point.beta === null ? {} : { beta: point.beta }),
			valueLr: VALUE_LR,
			epochs: variant.epochs,
			globalBatch: plan.globalBatch,
			microTokens: 8192,
			warmupSteps: 5,
			maxPromptTokens: plan.maxPromptTokens,
			maxResponseTokens: plan.maxResponseTokens,
			evalEverySteps: plan.evalEverySteps,
			evalLimit: plan.validationProblems,
			// V is read over the checkpoints of DQO; of the others the best alone is looked at again.
			keepCheckpoints: variant.id === "dqo" ? 100 : 1,
			seed,
			threads: THREADS,
			provider: "cpu",
			...variant.change,
		});
		return { kind: "train", runDir: this.runDir(trial.id), config, resume };
	}

	/** The one test of a model: greedy, and sampled over seeds. */
	test(id: string, modelDir: string): EvaluateSpec {
		return {
			kind: "evaluate",
			modelDir,
			dataPath: this.problemsPath("test"),
			sampling: this.sampling(TEST_SEED, 1),
			sampledSeeds: this.plan.sampledSeeds,
			outPath: this.gradedPath(id),
			limit: this.plan.testProblems,
			...this.common(),
		};
	}

	/** V over the checkpoints of a run, on held-out responses with process scores. */
	values(runDir: string): ValuesSpec {
		return {
			kind: "values",
			runDir,
			dataPath: this.valueScoresPath(),
			checkpoint: "all",
			outPath: null,
			caseRows: null,
			limit: null,
			threads: THREADS,
			eventsPath: null,
		};
	}

	private sampling(seed: number, n: number): SamplingConfig {
		return { ...PAPER_SAMPLING, n, seed, maxNewTokens: this.plan.maxResponseTokens };
	}

	private common() {
		const { maxPromptTokens } = this.plan;
		const template = PROMPT_TEMPLATES.plain;
		return { task: TASK, template, maxPromptTokens, threads: THREADS, eventsPath: null } as const;
	}

	private path(...parts: string[]): string {
		return join(this.outDir, ...parts);
	}
}
