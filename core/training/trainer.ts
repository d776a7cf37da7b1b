import type { StepMetrics } from "../contract/metrics.ts";
import type { RunConfig } from "../contract/run.ts";
import { losses } from "../losses/index.ts";
import type { SessionOptions, Traffic } from "../runtime/session.ts";
import { Pace } from "../sampling/progress.ts";
import {
	type AdamWState,
	accumulate,
	adamW,
	clipScale,
	globalNorm,
	newAdamWState,
	type Parameters,
} from "./adamw.ts";
import { mismatch, runBatches } from "./batch-runner.ts";
import { epochSteps, forEachTrajectory } from "./batches.ts";
import { MicroBudget } from "./in-batches.ts";
import { INITIAL_LOSS_SCALE, type LossScale, nextLossScale, unscale } from "./loss-scale.ts";
import { initialParameters, ofRole, type Role, tensorName } from "./parameters.ts";
import { planSteps } from "./plan-steps.ts";
import type { ReferenceLogProbs } from "./reference.ts";
import { residentBytes } from "./resident.ts";
import { learningRateFactor } from "./schedule.ts";
import { type ReferencedScores, scoreWithReference } from "./score.ts";
import { type ModelSource, StepGraph, type StepMode } from "./step-graph.ts";
import type { Trajectory } from "./trajectories.ts";
import { type LossWatch, Watchdog } from "./watchdog.ts";

/** Where a run stands: with the configuration and the data it determines every later step. */
export interface TrainerState {
	/** Optimiser steps made, the value warm-up counted. */
	step: number;
	readonly parameters: Parameters;
	readonly optimizers: Record<Role, AdamWState>;
	readonly lossWatch: LossWatch;
	/** Null in float32. */
	lossScale: LossScale | null;
}

export interface TrainerOptions {
	readonly source: ModelSource;
	readonly config: RunConfig;
	readonly trajectories: readonly Trajectory[];
	/** Null for methods without a reference policy. */
	readonly reference: ReferenceLogProbs | null;
	/** Reference log-probs of further trajectories; for methods whose spec says `needsBaseline`. */
	readonly referenceOf?: (trajectories: readonly Trajectory[]) => Promise<ReferenceLogProbs>;
	readonly session: SessionOptions;
	/** Folder for the profile of the training graph's first run; none is made unless given. */
	readonly profileDir?: string | undefined;
	/** The run's own, which stays halved; one of the configuration's size unless given. */
	readonly budget?: MicroBudget;
	/** Around the building of a graph, which takes a minute for a deep model. */
	readonly preparing?: <T>(build: () => Promise<T>) => Promise<T>;
	/** Continue from here; otherwise parameters are initialised. */
	readonly state?: TrainerState;
}

/** Means of the losses over trajectories held out, and V at each one's last token. */
export interface HeldOutLoss {
	readonly policyLoss: number;
	readonly valueLoss: number | null;
	readonly lastValues: readonly { correct: boolean | null; value: number }[];
}

interface Mismatched {
	readonly trajectories: readonly Trajectory[];
	readonly reference: ReferenceLogProbs;
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
	private readonly budget: MicroBudget;
	private readonly watchdog: Watchdog;
	private epoch: { number: number; steps: Trajectory[][]; mismatched: Mismatched[] } | null = null;

	private constructor(options: TrainerOptions, state: TrainerState) {
		this.options = options;
		this.state = state;
		this.watchdog = new Watchdog(state.lossWatch);
		this.budget = options.budget ?? new MicroBudget(options.config.microTokens);
		const { config, trajectories } = options;
		const plan = planSteps(config, trajectories);
		this.stepsPerEpoch = plan.stepsPerEpoch;
		this.warmupSteps = plan.warmupSteps;
		this.plannedSteps = plan.plannedSteps;
		this.totalSteps = plan.totalSteps;
	}

	static async create(options: TrainerOptions): Promise<Trainer> {
		const { source, config, session, profileDir } = options;
		const build = () => StepGraph.create(source, config, "train", { ...session, profileDir });
		const graph = await (options.preparing?.(build) ?? build());
		const trainer = new Trainer(options, options.state ?? freshState(graph, options));
		trainer.graphs.set("train", graph);
		return trainer;
	}

	/** Shapes of the trained tensors. */
	get shapes(): ReadonlyMap<string, readonly number[]> {
		return (this.graphs.get("train") as StepGraph).trained;
	}

	/** Padded tokens that run at once: the configuration's, or fewer since memory ran out. */
	get microTokens(): number {
		return this.budget.tokens;
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
		const pace = new Pace();
		const waiting = () => pace.outside(betweenBatches);
		const { config } = this.options;
		const { state } = this;
		const warmingUp = state.step < this.warmupSteps;
		const mode: StepMode = warmingUp ? "value-warmup" : "train";
		const graph = await this.graph(mode);
		const before = this.traffic();
		const { trajectories, baseline } = await this.batchOf(state.step, waiting);
		const gradients: Parameters = new Map();
		const statistics = await runBatches(graph, trajectories, {
			...this.batchOptions(waiting),
			reference: this.options.reference,
			baseline,
			lossScale: state.lossScale?.scale ?? 1,
			onOutputs: (_, outputs) => accumulate(gradients, outputs.gradients),
		});

		this.takeOutScale(gradients);
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
		const traffic = this.traffic();
		const elapsedMs = 1000 * pace.seconds;
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
			lossScale: state.lossScale?.scale ?? null,
			responseTokensPerSecond: (1000 * statistics.responseTokens) / elapsedMs,
			deviceInBytes: traffic.inBytes - before.inBytes,
			deviceOutBytes: traffic.outBytes - before.outBytes,
			memoryBytes: residentBytes(),
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
		const mismatched = await this.mismatchedOf([trajectories]);
		const baseline = await this.estimateBaseline(mismatched[0], betweenBatches);
		const statistics = await runBatches(graph, trajectories, {
			...this.batchOptions(betweenBatches),
			reference,
			baseline,
			onOutputs: (batch, { values }) => {
				if (!values) return;
				forEachTrajectory(batch, values, (trajectory, tokens) =>
					lastValues.push({ correct: trajectory.correct, value: tokens[tokens.length - 1] as number }),
				);
			},
		});
		return {
			policyLoss: statistics.policyLoss,
			valueLoss: losses[this.options.config.method].needsValue ? statistics.valueLoss : null,
			lastValues,
		};
	}

	/** V, log pi and log pi_ref of every token of responses; for methods with a value function. */
	async score(
		responses: readonly Trajectory[],
		betweenBatches: () => Promise<void> = async () => {},
	): Promise<Map<Trajectory, ReferencedScores>> {
		const { tensors } = this.options.source;
		return scoreWithReference(await this.graph("evaluate"), responses, {
			...this.batchOptions(betweenBatches),
			tensors,
		});
	}

	async release(): Promise<void> {
		for (const graph of this.graphs.values()) await graph.release();
		this.graphs.clear();
	}

	/** Undoes the factor on the loss. Gradients that overflowed are dropped: the step changes nothing but the scale. */
	private takeOutScale(gradients: Parameters): void {
		const { state } = this;
		if (state.lossScale === null) return;
		const { scale } = state.lossScale;
		const finite = unscale(gradients, scale);
		state.lossScale = nextLossScale(state.lossScale, finite);
		// What overflows without a factor is no matter of the scale: the watchdog reports it.
		if (!finite && scale > 1) gradients.clear();
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

	/** What crossed into and out of the sessions of all graphs so far. */
	private traffic(): Traffic {
		const sum = { inBytes: 0, outBytes: 0 };
		for (const { traffic } of this.graphs.values()) {
			sum.inBytes += traffic.inBytes;
			sum.outBytes += traffic.outBytes;
		}
		return sum;
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

	/** The trajectories of a step, and the baseline that its loss is measured against. */
	private async batchOf(step: number, betweenBatches: () => Promise<void>) {
		const { trajectories: all, config } = this.options;
		const { needsBaseline } = losses[config.method];
		const epoch = Math.floor(step / this.stepsPerEpoch);
		if (this.epoch?.number !== epoch) {
			const steps = epochSteps(all, { ...config, mixPrompts: needsBaseline }, epoch);
			this.epoch = { number: epoch, steps, mismatched: await this.mismatchedOf(steps) };
		}
		const at = step % this.stepsPerEpoch;
		const baseline = await this.estimateBaseline(this.epoch.mismatched[at], betweenBatches);
		return { trajectories: this.epoch.steps[at] as Trajectory[], baseline };
	}

	/** Mismatched prompts and responses of each step, where the method needs them. */
	private async mismatchedOf(steps: readonly (readonly Trajectory[])[]): Promise<Mismatched[]> {
		const { config, referenceOf } = this.options;
		if (!losses[config.method].needsBaseline) return [];
		if (!referenceOf) throw new Error(`${config.method} needs referenceOf`);
		const mismatched = steps.map(mismatch);
		const reference = await referenceOf(mismatched.flat());
		return mismatched.map((trajectories) => ({ trajectories, reference }));
	}

	/**
	 * KTO's z0 under the present policy: `max(0, mean of log(pi / pi_ref))` over mismatched prompts and responses; 0 in a
	 * step of one response, which has nothing to mismatch.
	 */
	private async estimateBaseline(
		mismatched: Mismatched | undefined,
		betweenBatches: () => Promise<void>,
	): Promise<number> {
		if (!mismatched?.trajectories.length) return 0;
		const { trajectories, reference } = mismatched;
		let sum = 0;
		await runBatches(await this.graph("evaluate"), trajectories, {
			...this.batchOptions(betweenBatches),
			reference,
			baseline: 0,
			onOutputs: (batch, { logp }) =>
				forEachTrajectory(batch, logp, (trajectory, tokens) => {
					const fixed = reference(trajectory);
					for (let t = 0; t < tokens.length; t++) sum += (tokens[t] as number) - (fixed[t] as number);
				}),
		});
		return Math.max(0, sum / trajectories.length);
	}

	private batchOptions(betweenBatches: () => Promise<void>) {
		const { config, source } = this.options;
		const { parameters } = this.state;
		return { config, vocabSize: source.config.vocabSize, parameters, budget: this.budget, betweenBatches };
	}

	private async graph(mode: StepMode): Promise<StepGraph> {
		const known = this.graphs.get(mode);
		if (known) return known;
		const { source, config, session, preparing } = this.options;
		const build = () => StepGraph.create(source, config, mode, session);
		const graph = await (preparing?.(build) ?? build());
		this.graphs.set(mode, graph);
		return graph;
	}
}

function freshState(graph: StepGraph, { source, config }: TrainerOptions): TrainerState {
	const parameters = initialParameters(graph.trained, source.tensors, config);
	const optimizer = (role: Role) => newAdamWState(ofRole(parameters, role));
	const optimizers = { policy: optimizer("policy"), value: optimizer("value") };
	const lossScale = config.precision === "f16" ? INITIAL_LOSS_SCALE : null;
	return { step: 0, parameters, optimizers, lossWatch: { lowest: null, high: 0 }, lossScale };
}
