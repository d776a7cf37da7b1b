import { relative } from "node:path";
import type { JobContext } from "../contract/job.ts";
import type { StepMetrics } from "../contract/metrics.ts";
import type { RunConfig } from "../contract/run.ts";
import { wilson } from "../grading/wilson.ts";
import { losses } from "../losses/index.ts";
import { Pace } from "../sampling/progress.ts";
import type { JsonLinesWriter } from "../store/json-lines.ts";
import type { RunStore } from "../store/run-store.ts";
import { type Progress, writeCheckpoint } from "./checkpoint.ts";
import { auc, type GreedyAnswer, greedyAnswers } from "./held-out.ts";
import type { Phases } from "./phases.ts";
import type { PlacementReport } from "./placement-report.ts";
import { policyTensors } from "./policy.ts";
import type { HeldOutPrompt, Prepared } from "./prepare.ts";
import type { ReferenceLogProbs } from "./reference.ts";
import { sampleLines } from "./samples.ts";
import { StopRequested } from "./stop.ts";
import type { Trainer } from "./trainer.ts";

export interface RunLoopOptions {
	readonly config: RunConfig;
	readonly context: JobContext;
	readonly phases: Phases;
	readonly prepared: Prepared;
	readonly trainer: Trainer;
	readonly store: RunStore;
	readonly fingerprint: string;
	readonly metrics: JsonLinesWriter;
	readonly samples: JsonLinesWriter;
	readonly heldOutReference: ReferenceLogProbs | null;
	readonly placement: PlacementReport | null;
}

interface Evaluation {
	readonly accuracy: number | null;
	readonly heldOutLoss: number | null;
}

/** Steps in a row with a falling log-ratio of correct responses before a warning is raised. */
const NEGATIVE_STEPS = 10;
/** Rows of generated answers that an evaluation event carries. */
const SHOWN_SAMPLES = 64;

/** Steps, evaluations and checkpoints of one run, in order, until it is finished or stopped. */
export class RunLoop {
	private readonly options: RunLoopOptions;
	private progress: Progress = { best: null, evaluated: null, negativeSteps: 0 };
	private secondsPerStep: number | null = null;
	/** Step and last evaluation of the newest checkpoint. */
	private written: { step: number; evaluated: number | null } | null = null;
	private toldTraffic: StepMetrics["phase"] | null = null;
	private lossScale: number | null = null;
	/** The newest answers, as many as are shown. */
	private shown: readonly GreedyAnswer[] | null = null;

	constructor(options: RunLoopOptions) {
		this.options = options;
	}

	get best(): Progress["best"] {
		return this.progress.best;
	}

	/** `progress` is that of the checkpoint resumed from, null for a run that begins. */
	async run(progress: Progress | null): Promise<"completed" | "stopped"> {
		const { trainer } = this.options;
		const { step } = trainer.state;
		if (progress) {
			this.progress = progress;
			this.written = { step, evaluated: progress.evaluated };
		}
		this.lossScale = trainer.state.lossScale?.scale ?? null;
		try {
			if (this.progress.evaluated !== step) {
				if (step === 0) await this.evaluate();
				else if (this.due("evaluate")) await this.evaluateAndKeep();
			}
			while (!trainer.finished) {
				this.options.phases.enter(trainer.state.step < trainer.warmupSteps ? "value-warmup" : "train");
				await this.step();
				if (this.due("evaluate")) await this.evaluateAndKeep();
				else if (this.due("checkpoint")) await this.checkpoint();
			}
			return "completed";
		} catch (error) {
			if (!(error instanceof StopRequested)) throw error;
			if (trainer.state.step > 0) await this.checkpoint();
			return "stopped";
		}
	}

	private async step(): Promise<void> {
		const { trainer, context, metrics } = this.options;
		const result = await trainer.step(this.betweenBatches);
		metrics.append(result);
		context.emit({ type: "step", metrics: result });
		this.tellTraffic(result);
		await this.tellPlacement(result);
		this.watchLossScale(result);
		this.watchLogRatio(result);
		const seconds = result.elapsedMs / 1000;
		this.secondsPerStep = this.secondsPerStep === null ? seconds : 0.8 * this.secondsPerStep + 0.2 * seconds;
		const [done, total] = [trainer.state.step, trainer.totalSteps];
		const phase = this.options.phases.at ?? "train";
		context.emit({ type: "progress", phase, done, total, secondsLeft: (total - done) * this.secondsPerStep });
	}

	/** On a device with a memory of its own, what crosses the bus may take longer than the computing. */
	private tellTraffic({ phase, deviceInBytes, deviceOutBytes }: StepMetrics): void {
		if (this.toldTraffic === phase) return;
		this.toldTraffic = phase;
		const [into, out] = [amount(deviceInBytes ?? 0), amount(deviceOutBytes ?? 0)];
		const message = `A step hands ${into} to the device and takes ${out} back.`;
		this.options.context.emit({ type: "log", message });
	}

	private async tellPlacement({ phase }: StepMetrics): Promise<void> {
		const { placement, context } = this.options;
		const message = phase === "train" ? await placement?.sentence() : null;
		if (message) context.emit({ type: "log", message });
	}

	/** Between two runs of a graph: messages arrive, a pause is waited out, a stop or a checkpoint request is met. */
	private readonly betweenBatches = async (): Promise<void> => {
		const { context, phases } = this.options;
		await context.yieldToEventLoop();
		await context.paused();
		if (context.stopRequested()) throw new StopRequested();
		if (!context.takeCheckpointRequested()) return;
		const phase = phases.at;
		await this.checkpoint();
		if (phase) phases.enter(phase);
	};

	/** Whether the step just made ends an interval. Without intervals, evaluations fall on the ends of epochs. */
	private due(what: "evaluate" | "checkpoint"): boolean {
		const { trainer, config } = this.options;
		if (trainer.finished) return true;
		const every = what === "evaluate" ? config.evalEverySteps : config.checkpointEverySteps;
		const trained = trainer.state.step - trainer.warmupSteps;
		if (every > 0) return trainer.state.step % every === 0;
		return what === "evaluate" && trained >= 0 && trained % trainer.stepsPerEpoch === 0;
	}

	/** Evaluates; the checkpoint follows, so that the best one is always on disk. */
	private async evaluateAndKeep(): Promise<void> {
		const { trainer, config } = this.options;
		const result = await this.evaluate();
		const trained = trainer.state.step > trainer.warmupSteps;
		const better = trained && isBetter(result, this.best);
		if (better) this.progress = { ...this.progress, best: { step: trainer.state.step, ...result } };
		if (better || trainer.finished || config.checkpointEverySteps === 0 || this.due("checkpoint")) {
			await this.checkpoint(better);
		}
	}

	private async evaluate(): Promise<Evaluation> {
		const result = await this.measure();
		this.progress = { ...this.progress, evaluated: this.options.trainer.state.step };
		return result;
	}

	private async measure(): Promise<Evaluation> {
		const { trainer, context, prepared, config, samples, heldOutReference } = this.options;
		const { model, tokenizer, heldOut, heldOutPrompts } = prepared;
		if (heldOut.length === 0 && heldOutPrompts.length === 0) return { accuracy: null, heldOutLoss: null };
		this.options.phases.enter("evaluate");
		const loss =
			heldOut.length > 0 ? await trainer.heldOut(heldOut, heldOutReference, this.betweenBatches) : null;
		const tensors = policyTensors(model.tensors, trainer.state.parameters, trainer.shapes, config.adapter);
		// In the value warm-up the policy stands still and answers as before; what V thinks of its answers is new.
		const { step } = trainer.state;
		const policyMoved = step === 0 || step > trainer.warmupSteps;
		const pace = new Pace();
		const ask = (prompts: readonly HeldOutPrompt[]) =>
			config.task === null || prompts.length === 0
				? []
				: greedyAnswers({ config: model.config, tensors, precision: config.precision }, tokenizer, prompts, {
						task: config.task,
						maxNewTokens: config.maxResponseTokens,
						threads: config.threads,
						onProgress: async (done, total) => {
							const left = pace.secondsLeft(done, total - done);
							context.emit({ type: "progress", phase: "evaluate", done, total, secondsLeft: left });
							await pace.outside(this.betweenBatches);
						},
					});
		const answers = policyMoved ? await ask(heldOutPrompts) : [];
		if (policyMoved) this.shown = answers.slice(0, SHOWN_SAMPLES);
		this.shown ??= await ask(heldOutPrompts.slice(0, SHOWN_SAMPLES));
		const { needsValue } = losses[config.method];
		const lines = await sampleLines(policyMoved ? answers : this.shown, {
			...{ trainer, tokenizer, task: config.task },
			shown: needsValue ? SHOWN_SAMPLES : 0,
			betweenBatches: this.betweenBatches,
		});
		for (const line of lines) samples.append(line);
		const rows = answers.map(({ sample }) => sample);
		const correct = rows.filter((row) => row.correct).length;
		const accuracy = rows.length > 0 ? correct / rows.length : null;
		const heldOutLoss = loss?.policyLoss ?? null;
		context.emit({
			type: "eval",
			step,
			split: "validation",
			n: rows.length > 0 ? rows.length : heldOut.length,
			accuracy,
			accuracyInterval: rows.length > 0 ? wilson(correct, rows.length) : null,
			heldOutLoss,
			valueAuc: loss?.valueLoss == null ? null : auc(loss.lastValues),
			samples: this.shown.map(({ sample }) => sample),
		});
		return { accuracy, heldOutLoss };
	}

	private async checkpoint(best = false): Promise<void> {
		const { trainer, store, context, prepared, config, fingerprint } = this.options;
		const { step } = trainer.state;
		const { evaluated } = this.progress;
		// A checkpoint that was written while its own step was being evaluated does not know the outcome yet.
		if (this.written?.step === step && this.written.evaluated === evaluated) return;
		this.options.phases.enter("checkpoint");
		const { shapes, microTokens } = trainer;
		const source = { config, base: prepared.model.tensors, shapes, fingerprint, microTokens };
		const dir = await writeCheckpoint(store.checkpoints, trainer.state, source, this.progress);
		this.written = { step, evaluated };
		if (best) store.checkpoints.markBest(step);
		store.checkpoints.prune(config.keepCheckpoints);
		context.emit({ type: "checkpoint", step, dir: relative(store.dir, dir), best });
	}

	/** A step that overflowed in half precision changed nothing. */
	private watchLossScale({ step, lossScale }: StepMetrics): void {
		const before = this.lossScale;
		this.lossScale = lossScale;
		if (lossScale === null || before === null || lossScale >= before) return;
		const message = `A gradient overflowed in half precision: step ${step} was left out, and the loss scale is ${lossScale} now.`;
		this.options.context.emit({ type: "log", message });
	}

	/** Correct responses that lose probability while both losses fall are the sign of a policy rate that is too high. */
	private watchLogRatio({ logRatioCorrect, step }: StepMetrics): void {
		if (logRatioCorrect === null) return;
		const negativeSteps = logRatioCorrect < -0.01 ? this.progress.negativeSteps + 1 : 0;
		this.progress = { ...this.progress, negativeSteps };
		if (negativeSteps !== NEGATIVE_STEPS) return;
		this.options.context.emit({
			type: "warning",
			code: "correct-responses-lose-probability",
			message: `Correct responses have been losing probability for ${NEGATIVE_STEPS} steps (log-ratio ${logRatioCorrect.toFixed(2)} at step ${step}).`,
			hint: "The policy's learning rate is likely too high: accuracy can fall while both losses fall. Lower lr or stop here.",
		});
	}
}

/** Higher accuracy wins; where nothing can be graded, the lower held-out loss; the earlier checkpoint at a tie. */
function isBetter(result: Evaluation, best: Progress["best"]): boolean {
	if (best === null) return true;
	if (result.accuracy !== null && best.accuracy !== null) return result.accuracy > best.accuracy;
	if (result.heldOutLoss !== null && best.heldOutLoss !== null) return result.heldOutLoss < best.heldOutLoss;
	return true;
}

function amount(bytes: number): string {
	return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
