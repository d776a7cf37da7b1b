import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { AppError } from "../contract/errors.ts";
import type { RunConfig } from "../contract/run.ts";
import { losses } from "../losses/index.ts";
import { loadModelFolder, type ModelWeights } from "../models/hf/load.ts";
import type { SessionOptions } from "../runtime/session.ts";
import type { Checkpoint, CheckpointStore } from "../store/checkpoints.ts";
import { RunStore } from "../store/run-store.ts";
import type { Parameters } from "../training/adamw.ts";
import { readTrained } from "../training/checkpoint.ts";
import { type ReferenceLogProbs, referenceLogProbs } from "../training/reference.ts";
import {
	type ReferencedScores,
	scoreTrajectories,
	scoreWithReference,
	type TokenScores,
} from "../training/score.ts";
import { StepGraph } from "../training/step-graph.ts";
import type { Trajectory } from "../training/trajectories.ts";

/** Whether a folder is that of a run whose method trains a value function. */
export function runHasValueFunction(dir: string): boolean {
	if (!existsSync(join(dir, "run.json"))) return false;
	return losses[RunStore.open(dirname(dir), basename(dir)).readConfig().method].needsValue;
}

/** Runs the policy and the value function of any checkpoint of one run over given responses: one graph serves them all. */
export class ValueScorer {
	readonly config: RunConfig;
	readonly model: ModelWeights;
	readonly checkpoints: CheckpointStore;
	private readonly runDir: string;
	private readonly session: SessionOptions;
	private readonly graph: StepGraph;
	private parameters: Parameters | null = null;

	private constructor(
		store: RunStore,
		config: RunConfig,
		model: ModelWeights,
		session: SessionOptions,
		graph: StepGraph,
	) {
		this.runDir = store.dir;
		this.checkpoints = store.checkpoints;
		this.config = config;
		this.model = model;
		this.session = session;
		this.graph = graph;
	}

	/**
	 * Opens a run; `release` gives back what it holds. Throws `run-missing`, `config-invalid` for a run without a value
	 * function, and what reading the model throws.
	 */
	static async open(runDir: string, threads: number): Promise<ValueScorer> {
		const store = RunStore.open(dirname(runDir), basename(runDir));
		const config = store.readConfig();
		if (!losses[config.method].needsValue) {
			throw new AppError({
				code: "config-invalid",
				message: `The run in ${runDir} was trained with ${config.method}, which has no value function.`,
				hint: "Take a run of --method dqo or dro.",
			});
		}
		const model = await loadModelFolder(config.modelDir);
		const session = { threads };
		const graph = await StepGraph.create(model, config, "evaluate", session);
		return new ValueScorer(store, config, model, session, graph);
	}

	async release(): Promise<void> {
		await this.graph.release();
	}

	/** Opens a run for `use` and gives back what it held however that ends. Throws as `open` does. */
	static async with<T>(
		runDir: string,
		threads: number,
		use: (scorer: ValueScorer) => Promise<T>,
	): Promise<T> {
		const scorer = await ValueScorer.open(runDir, threads);
		try {
			return await use(scorer);
		} finally {
			await scorer.release();
		}
	}

	/** The checkpoints that a word or a step names, oldest first. Throws `file-missing` when there are none. */
	select(which: "best" | "last" | "all" | number): Checkpoint[] {
		const { checkpoints } = this;
		const list = checkpoints.list();
		const newest = list.at(-1);
		const chosen =
			which === "all"
				? list
				: which === "best"
					? [checkpoints.best() ?? newest]
					: which === "last"
						? [newest]
						: [list.find(({ step }) => step === which)];
		const found = chosen.filter((checkpoint) => checkpoint !== undefined);
		if (found.length > 0) return found;
		const steps = list.map(({ step }) => step);
		throw new AppError({
			code: "file-missing",
			message:
				typeof which === "number"
					? `The run in ${this.runDir} has no checkpoint of step ${which}.`
					: `The run in ${this.runDir} has no checkpoint yet.`,
			hint:
				steps.length > 0
					? `Its checkpoints: ${steps.join(", ")}. A run keeps the best and as many of the newest as its field keepCheckpoints says.`
					: "Let it run to its first checkpoint: dqo train --out RUNDIR --resume.",
		});
	}

	/** Takes up the trained tensors of a checkpoint, its files checked. Throws `file-missing` or `file-corrupt`. */
	async load(step: number): Promise<void> {
		this.parameters = await readTrained(this.checkpoints, step);
	}

	/** Scores every trajectory under the loaded checkpoint. `betweenBatches` is called between runs of the graph. */
	async score(
		trajectories: readonly Trajectory[],
		betweenBatches: (done: number) => Promise<void> = async () => {},
	): Promise<Map<Trajectory, TokenScores>> {
		const { config, model, parameters } = this;
		if (!parameters) throw new Error("no checkpoint is loaded");
		const { vocabSize } = model.config;
		return scoreTrajectories(this.graph, trajectories, { config, vocabSize, parameters, betweenBatches });
	}

	/** The same with log pi_ref, computed here and not looked up: for responses that are in no data set. */
	async scoreNew(trajectories: readonly Trajectory[]): Promise<Map<Trajectory, ReferencedScores>> {
		const { config, model, parameters } = this;
		if (!parameters) throw new Error("no checkpoint is loaded");
		const { vocabSize } = model.config;
		return scoreWithReference(this.graph, trajectories, {
			...{ config, vocabSize, parameters, tensors: model.tensors },
			betweenBatches: async () => {},
		});
	}

	/** log pi_ref of every token, from the cache that training uses too. */
	reference(
		trajectories: readonly Trajectory[],
		onProgress: (done: number, total: number) => Promise<void>,
	): Promise<ReferenceLogProbs> {
		return referenceLogProbs(trajectories, this.model, this.config, {
			modelHash: this.model.contentHash,
			cacheDir: join(dirname(this.runDir), ".cache", "reference"),
			session: this.session,
			onProgress,
		});
	}
}
