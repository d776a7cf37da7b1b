import { relative } from "node:path";
import type { JobPhase } from "../contract/events.ts";
import type { JobContext } from "../contract/job.ts";
import type { StepMetrics } from "../contract/metrics.ts";
import type { RunConfig } from "../contract/run.ts";
import type { SessionOptions } from "../runtime/session.ts";
import type { JsonLinesWriter } from "../store/json-lines.ts";
import type { RunStore } from "../store/run-store.ts";
import { type BestSoFar, writeCheckpoint } from "./checkpoint.ts";
import { auc, greedyAnswers } from "./held-out.ts";
import { policyTensors } from "./policy.ts";
import type { Prepared } from "./prepare.ts";
import type { ReferenceLogProbs } from "./reference.ts";
import { StopRequested } from "./stop.ts";
import type { Trainer } from "./trainer.ts";

export interface RunLoopOptions {
	readonly config: RunConfig;
	readonly context: JobContext;
	readonly prepared: Prepared;
	readonly trainer: Trainer;
	readonly store: RunStore;
	readonly fingerprint: string;
	readonly session: SessionOptions;
	readonly metrics: JsonLinesWriter;
	readonly samples: JsonLinesWriter;
	readonly heldOutReference: ReferenceLogProbs | null;
}

interface Evaluation {
	readonly accuracy: number | null;
	readonly heldOutLoss: number | null;
}

/** Steps in a row with a falling log-ratio of correct responses before a warning is raised. */
const NEGATIVE_STEPS = 10;
/** Rows of generated answers that an evaluation event carries. */
const SHOWN_SAMPLES = 5;

/** Steps, evaluations and checkpoints of one run, in order, until it is finished or stopped. */
export class RunLoop {
	best: BestSoFar = null;
	private readonly options: RunLoopOptions;
	private negativeSteps = 0;
	private secondsPerStep: number | null = null;
	private written = -1;
	private phase: JobPhase | null = null;

	constructor(options: RunLoopOptions) {
		this.options = options;
	}

	async run(best: BestSoFar): Promise<"completed" | "stopped"> {
		const { trainer, store } = this.options;
		this.best = best;
		this.written = store.checkpoints.last()?.step ?? -1;
		try {
			if (trainer.state.step === 0) await this.evaluate();
			while (!trainer.finished) {
				this.enter(trainer.state.step < trainer.warmupSteps ? "value-warmup" : "train");
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
		this.watchLogRatio(result);
		const seconds = result.elapsedMs / 1000;
		this.secondsPerStep = this.secondsPerStep === null ? seconds : 0.8 * this.secondsPerStep + 0.2 * seconds;
		const [done, total] = [trainer.state.step, trainer.totalSteps];
		const phase = this.phase ?? "train";
		context.emit({ type: "progress", phase, done, total, secondsLeft: (total - done) * this.secondsPerStep });
	}

	/** Between two runs of a graph: messages arrive, a pause is waited out, a stop or a checkpoint request is met. */
	private readonly betweenBatches = async (): Promise<void> => {
		const { context } = this.options;
		await context.yieldToEventLoop();
		await context.paused();
		if (context.stopRequested()) throw new StopRequested();
		if (context.takeCheckpointRequested()) await this.checkpoint();
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
		const { trainer, config, store } = this.options;
		const result = await this.evaluate();
		const trained = trainer.state.step > trainer.warmupSteps;
		const better = trained && isBetter(result, this.best);
		if (better) this.best = { step: trainer.state.step, ...result };
		if (better || trainer.finished || config.checkpointEverySteps === 0 || this.due("checkpoint")) {
			await this.checkpoint(better);
		}
		store.checkpoints.prune(config.keepCheckpoints);
	}

	private async evaluate(): Promise<Evaluation> {
		const { trainer, context, prepared, config, session, samples, heldOutReference } = this.options;
		const { model, tokenizer, heldOut, heldOutPrompts } = prepared;
		if (heldOut.length === 0 && heldOutPrompts.length === 0) return { accuracy: null, heldOutLoss: null };
		this.enter("evaluate");
		const loss =
			heldOut.length > 0 ? await trainer.heldOut(heldOut, heldOutReference, this.betweenBatches) : null;
		const tensors = policyTensors(model.tensors, trainer.state.parameters, trainer.shapes, config.adapter);
		const rows =
			config.task === null || heldOutPrompts.length === 0
				? []
				: await greedyAnswers({ config: model.config, tensors }, tokenizer, heldOutPrompts, {
						task: config.task,
						maxNewTokens: config.maxResponseTokens,
						session: { threads: session.threads },
						onProgress: async (done, total) => {
							context.emit({ type: "progress", phase: "evaluate", done, total, secondsLeft: null });
							await this.betweenBatches();
						},
					});
		const { step } = trainer.state;
		for (const row of rows) samples.append({ step, ...row });
		const accuracy = rows.length > 0 ? rows.filter((row) => row.correct).length / rows.length : null;
		const heldOutLoss = loss?.policyLoss ?? null;
		context.emit({
			type: "eval",
			step,
			split: "validation",
			n: rows.length > 0 ? rows.length : heldOut.length,
			accuracy,
			heldOutLoss,
			valueAuc: loss?.valueLoss == null ? null : auc(loss.lastValues),
			samples: rows.slice(0, SHOWN_SAMPLES),
		});
		return { accuracy, heldOutLoss };
	}

	private async checkpoint(best = false): Promise<void> {
		const { trainer, store, context, prepared, config, fingerprint } = this.options;
		const { step } = trainer.state;
		if (this.written === step) return;
		this.enter("checkpoint");
		const source = { config, base: prepared.model.tensors, shapes: trainer.shapes, fingerprint };
		const dir = await writeCheckpoint(store.checkpoints, trainer.state, source, this.best);
		this.written = step;
		if (best) store.checkpoints.markBest(step);
		context.emit({ type: "checkpoint", step, dir: relative(store.dir, dir), best });
	}

	/** Correct responses that lose probability while both losses fall are the sign of a policy rate that is too high. */
	private watchLogRatio({ logRatioCorrect, step }: StepMetrics): void {
		if (logRatioCorrect === null) return;
		this.negativeSteps = logRatioCorrect < -0.01 ? this.negativeSteps + 1 : 0;
		if (this.negativeSteps !== NEGATIVE_STEPS) return;
		this.options.context.emit({
			type: "warning",
			code: "correct-responses-lose-probability",
			message: `Correct responses have been losing probability for ${NEGATIVE_STEPS} steps (log-ratio ${logRatioCorrect.toFixed(2)} at step ${step}).`,
			hint: "The policy's learning rate is likely too high: accuracy can fall while both losses fall. Lower lr or stop here.",
		});
	}

	private enter(phase: JobPhase): void {
		if (this.phase === phase) return;
		this.phase = phase;
		this.options.context.emit({ type: "phase", phase });
	}
}

/** Higher accuracy wins; where nothing can be graded, the lower held-out loss; the earlier checkpoint at a tie. */
function isBetter(result: Evaluation, best: BestSoFar): boolean {
	if (best === null) return true;
	if (result.accuracy !== null && best.accuracy !== null) return result.accuracy > best.accuracy;
	if (result.heldOutLoss !== null && best.heldOutLoss !== null) return result.heldOutLoss < best.heldOutLoss;
	return true;
}
