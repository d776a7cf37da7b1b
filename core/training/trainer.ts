import type { StepMetrics } from "../contract/metrics.ts";
import type { RunConfig } from "../contract/run.ts";
import { losses } from "../losses/index.ts";
import type { HostTensor, SessionOptions } from "../runtime/session.ts";
import {
	type AdamWState,
	accumulate,
	adamW,
	clipScale,
	globalNorm,
	newAdamWState,
	type Parameters,
} from "./adamw.ts";
import { epochSteps, type MicroBatch, microBatches, tokenFeed } from "./batches.ts";
import { initialParameters, ofRole, type Role, tensorName } from "./parameters.ts";
import type { ReferenceLogProbs } from "./reference.ts";
import { learningRateFactor } from "./schedule.ts";
import { headChunks, type ModelSource, StepGraph, type StepMode } from "./step-graph.ts";
import { StepStatistics } from "./step-metrics.ts";
import type { Trajectory } from "./trajectories.ts";
import { Watchdog } from "./watchdog.ts";

/** Where a run stands: with the configuration and the data it determines every later step. */
export interface TrainerState {
	/** Optimiser steps made, the value warm-up counted. */
	step: number;
	readonly parameters: Parameters;
	readonly optimizers: Record<Role, AdamWState>;
}

export interface TrainerOptions {
	readonly source: ModelSource;
	readonly config: RunConfig;
	readonly trajectories: readonly Trajectory[];
	/** Null for methods without a reference policy. */
	readonly reference: ReferenceLogProbs | null;
	readonly session: SessionOptions;
	/** Continue from here; otherwise parameters are initialised. */
	readonly state?: TrainerState;
}

/** Means of the losses over trajectories held out, and V at each one's last token. */
export interface HeldOutLoss {
	readonly policyLoss: number;
	readonly valueLoss: number | null;
	readonly lastValues: readonly { correct: boolean | null; value: number }[];
}

/**
 * Runs optimiser steps: micro-batches through the step graph, gradients added up, clipped and applied per role. The
 * order of the data, and so the whole trajectory of a run, follows from the seed and the step number alone.
 */
export class Trainer {
	readonly state: TrainerState;
	readonly stepsPerEpoch: number;
	readonly warmupSteps: number;
	/** Steps of all epochs; learning-rate schedules run over these even when `maxSteps` ends the run earlier. */
	readonly plannedSteps: number;
	readonly totalSteps: number;
	private readonly options: TrainerOptions;
	private readonly graphs = new Map<StepMode, StepGraph>();
	private readonly watchdog = new Watchdog();
	private epochCache: { epoch: number; steps: Trajectory[][] } | null = null;

	private constructor(options: TrainerOptions, state: TrainerState) {
		this.options = options;
		this.state = state;
		const { config, trajectories } = options;
		this.stepsPerEpoch = Math.ceil(trajectories.length / config.globalBatch);
		const warmupEpochs = losses[config.method].needsValue ? config.valueWarmupEpochs : 0;
		this.warmupSteps = Math.round(warmupEpochs * this.stepsPerEpoch);
		this.plannedSteps = this.warmupSteps + Math.max(1, Math.round(config.epochs * this.stepsPerEpoch));
		this.totalSteps = Math.min(this.plannedSteps, config.maxSteps ?? this.plannedSteps);
	}

	static async create(options: TrainerOptions): Promise<Trainer> {
		const graph = await StepGraph.create(options.source, options.config, "train", options.session);
		const trainer = new Trainer(options, options.state ?? freshState(graph, options));
		trainer.graphs.set("train", graph);
		return trainer;
	}

	/** Shapes of the trained tensors. */
	get shapes(): ReadonlyMap<string, readonly number[]> {
		return (this.graphs.get("train") as StepGraph).trained;
	}

	get finished(): boolean {
		return this.state.step >= this.totalSteps;
	}

	/** Passes over the data so far, the value warm-up not counted. */
	get epochsDone(): number {
		return Math.max(0, this.state.step - this.warmupSteps) / this.stepsPerEpoch;
	}

	/** Makes one optimiser step. `betweenBatches` is called between micro-batches. Throws `diverged`. */
	async step(betweenBatches: () => Promise<void> = async () => {}): Promise<StepMetrics> {
		const started = performance.now();
		const { config } = this.options;
		const { state } = this;
		const warmingUp = state.step < this.warmupSteps;
		const mode: StepMode = warmingUp ? "value-warmup" : "train";
		const graph = await this.graph(mode);
		const trajectories = this.trajectoriesOf(state.step);
		const gradients: Parameters = new Map();
		const statistics = await this.runBatches(graph, trajectories, gradients, betweenBatches);

		const hasValue = losses[config.method].needsValue;
		const rates = this.learningRates();
		const norms = { policy: null as number | null, value: null as number | null };
		const policyLoss = warmingUp ? null : statistics.policyLoss;
		const valueLoss = hasValue ? statistics.valueLoss : null;
		this.watchdog.check(state.step + 1, { policyLoss, valueLoss }, gradients);
		for (const role of ["policy", "value"] as const) {
			const own = ofRole(gradients, role);
			if (own.size === 0) continue;
			norms[role] = this.update(role, own, rates[role]);
		}
		state.step++;
		const elapsedMs = performance.now() - started;
		return {
			step: state.step,
			epoch: this.epochsDone,
			phase: warmingUp ? "value-warmup" : "train",
			policyLoss,
			valueLoss,
			policyGradNorm: norms.policy,
			valueGradNorm: norms.value,
			lr: warmingUp ? 0 : rates.policy,
			valueLr: hasValue ? rates.value : null,
			...statistics.summary,
			responseTokensPerSecond: (1000 * statistics.responseTokens) / elapsedMs,
			memoryBytes: process.memoryUsage.rss(),
			elapsedMs,
		};
	}

	/** The losses on held-out trajectories, with no gradient. */
	async heldOut(
		trajectories: readonly Trajectory[],
		reference: ReferenceLogProbs | null,
		betweenBatches: () => Promise<void> = async () => {},
	): Promise<HeldOutLoss> {
		const graph = await this.graph("evaluate");
		const lastValues: { correct: boolean | null; value: number }[] = [];
		const statistics = await this.runBatches(
			graph,
			trajectories,
			null,
			betweenBatches,
			reference,
			lastValues,
		);
		return {
			policyLoss: statistics.policyLoss,
			valueLoss: losses[this.options.config.method].needsValue ? statistics.valueLoss : null,
			lastValues,
		};
	}

	async release(): Promise<void> {
		for (const graph of this.graphs.values()) await graph.release();
		this.graphs.clear();
	}

	private async runBatches(
		graph: StepGraph,
		trajectories: readonly Trajectory[],
		gradients: Parameters | null,
		betweenBatches: () => Promise<void>,
		reference = this.options.reference,
		lastValues: { correct: boolean | null; value: number }[] = [],
	): Promise<StepStatistics> {
		const { config, source } = this.options;
		const spec = losses[config.method];
		const tokens = trajectories.reduce((n, t) => n + t.response.length, 0);
		const weight = 1 / (spec.reduction === "token" ? tokens : trajectories.length);
		const statistics = new StepStatistics();
		const batches = microBatches(trajectories, {
			sharePrompts: config.sharePrompts,
			microTokens: config.microTokens,
			lengthMultiple: headChunks(source.config.vocabSize, config.microTokens),
		});
		for (const batch of batches) {
			await betweenBatches();
			const lossWeights = lossWeightsOf(batch, spec.reduction, weight);
			const outputs = await graph.run(batch, {
				...this.feeds(graph, batch, reference),
				loss_weights: lossWeights,
			});
			statistics.add(batch, outputs, lossWeights.data as Float32Array, reference);
			if (gradients) accumulate(gradients, outputs.gradients);
			const { values } = outputs;
			if (values) {
				batch.slots.forEach((trajectory, slot) => {
					if (!trajectory) return;
					const value = values[slot * batch.T + trajectory.response.length - 1] as number;
					lastValues.push({ correct: trajectory.correct, value });
				});
			}
		}
		return statistics;
	}

	private feeds(
		graph: StepGraph,
		batch: MicroBatch,
		reference: ReferenceLogProbs | null,
	): Record<string, HostTensor> {
		const feeds: Record<string, HostTensor> = {};
		for (const [name, shape] of graph.trained) {
			const data = this.state.parameters.get(name);
			if (!data) throw new Error(`the trained tensor ${name} has no values`);
			feeds[name] = { shape, data };
		}
		if (reference) {
			feeds.reference_logp = tokenFeed(batch, reference);
			feeds.behaviour_logp = tokenFeed(batch, (t) => t.behaviour ?? reference(t));
		}
		if (losses[this.options.config.method].needsValue) feeds.rewards = tokenFeed(batch, (t) => t.rewards);
		return feeds;
	}

	/** Clips and applies one role's gradients; returns their norm before clipping. */
	private update(role: Role, gradients: Parameters, lr: number): number {
		const { config } = this.options;
		const norm = globalNorm(gradients);
		adamW(ofRole(this.state.parameters, role), gradients, this.state.optimizers[role], {
			betas: config.betas,
			eps: config.eps,
			weightDecay: config.weightDecay,
			lr,
			scale: clipScale(norm, role === "policy" ? config.clipNorm : config.valueClipNorm),
			decays: (name) => !/(norm\.weight|\.bias)$/.test(tensorName(name)),
		});
		return norm;
	}

	private learningRates(): Record<Role, number> {
		const { config } = this.options;
		const { step } = this.state;
		const policyStep = Math.max(1, step + 1 - this.warmupSteps);
		return {
			policy: config.lr * learningRateFactor(policyStep, this.plannedSteps - this.warmupSteps, config),
			value: config.valueLr * learningRateFactor(step + 1, this.plannedSteps, config),
		};
	}

	private trajectoriesOf(step: number): Trajectory[] {
		const epoch = Math.floor(step / this.stepsPerEpoch);
		if (this.epochCache?.epoch !== epoch) {
			const { trajectories, config } = this.options;
			this.epochCache = { epoch, steps: epochSteps(trajectories, config.globalBatch, config.seed, epoch) };
		}
		return this.epochCache.steps[step % this.stepsPerEpoch] as Trajectory[];
	}

	private async graph(mode: StepMode): Promise<StepGraph> {
		const known = this.graphs.get(mode);
		if (known) return known;
		const graph = await StepGraph.create(
			this.options.source,
			this.options.config,
			mode,
			this.options.session,
		);
		this.graphs.set(mode, graph);
		return graph;
	}
}

function freshState(graph: StepGraph, { source, config }: TrainerOptions): TrainerState {
	const parameters = initialParameters(graph.trained, source.tensors, config);
	const optimizer = (role: Role) => newAdamWState(ofRole(parameters, role));
	return { step: 0, parameters, optimizers: { policy: optimizer("policy"), value: optimizer("value") } };
}

/** The aggregator's weights: `weight` at real trajectories `[P, K]` or real tokens `[P, K, T]`, 0 at padding. */
function lossWeightsOf(batch: MicroBatch, reduction: "trajectory" | "token", weight: number): HostTensor {
	const { P, K, slots } = batch;
	if (reduction === "token") return tokenFeed(batch, (t) => Array<number>(t.response.length).fill(weight));
	return { shape: [P, K], data: Float32Array.from(slots, (slot) => (slot ? weight : 0)) };
}
