import type { Failure } from "../../contract/error-body.ts";
import type { EngineEvent, JobPhase } from "../../contract/events.ts";
import { Columns } from "./columns.ts";
import { type LogLine, logLine } from "./log-lines.ts";

const LOG_LINES = 5000;
/** Phases whose progress is counted in optimiser steps. */
const STEP_PHASES: ReadonlySet<JobPhase> = new Set<JobPhase>(["value-warmup", "train"]);

/** What a run's events add up to, kept event by event so that no file is read twice. */
export class Digest {
	lastSeq = 0;
	/** How its last start stands, by its events alone: `started` also of a process that died without a word. */
	state: "none" | "started" | "paused" | "completed" | "stopped" | "failed" = "none";
	failure: Failure | null = null;
	phase: JobPhase | null = null;
	phaseProgress: number | null = null;
	step = 0;
	totalSteps: number | null = null;
	epoch = 0;
	secondsLeft: number | null = null;
	secondsPerStep: number | null = null;
	tokensPerSecond: number | null = null;
	firstTime: number | null = null;
	lastTime: number | null = null;
	activeSeconds = 0;
	baseAccuracy: number | null = null;
	lastAccuracy: number | null = null;
	heldOutLoss: number | null = null;
	bestStep: number | null = null;
	accuracyCurve: [number, number][] = [];
	klEstimate: number | null = null;
	lastSavedStep: number | null = null;
	lastSavedAt: number | null = null;
	/** Resident size of the engine at the last step, bytes. */
	memoryBytes = 0;
	/** Padded tokens run at once since memory ran out; null while the setting holds. */
	microTokens: number | null = null;
	readonly columns = new Columns();
	readonly log: LogLine[] = [];
	readonly #intervals = new Map<number, [number, number]>();

	/** Accuracy and its interval at the best checkpoint. */
	get best(): { accuracy: number | null; interval: [number, number] | null } {
		const step = this.bestStep;
		const accuracy = this.accuracyCurve.find(([at]) => at === step)?.[1] ?? null;
		return { accuracy, interval: step === null ? null : (this.#intervals.get(step) ?? null) };
	}

	apply(event: EngineEvent): void {
		this.#clock(event);
		const line = logLine(event);
		if (line !== null) this.log.push(line);
		if (this.log.length > LOG_LINES) this.log.splice(0, this.log.length - LOG_LINES);
		switch (event.type) {
			case "run-started":
				this.microTokens = null;
				this.#enter("started");
				return;
			case "resumed":
				this.#goBackTo(event.step);
				return;
			case "phase":
				this.phase = event.phase;
				this.phaseProgress = null;
				return;
			case "progress":
				this.#progress(event);
				return;
			case "paused":
				this.state = "paused";
				return;
			case "continued":
				this.state = "started";
				return;
			case "step":
				this.#step(event);
				return;
			case "eval":
				this.#evaluation(event);
				return;
			case "checkpoint":
				this.lastSavedStep = event.step;
				this.lastSavedAt = Date.parse(event.time);
				if (event.best) this.bestStep = event.step;
				return;
			case "run-finished":
				this.#enter(event.reason);
				return;
			case "run-failed":
				this.#enter("failed");
				this.failure = event.failure;
				return;
			case "micro-batch-halved":
				this.microTokens = event.microTokens;
				return;
			case "sample":
			case "warning":
			case "log":
				return;
		}
	}

	#clock(event: EngineEvent): void {
		const at = Date.parse(event.time);
		// A run that was resumed or paused was not at work before; a clock that was set back counts as no time.
		const idle = event.type === "run-started" || event.type === "continued";
		if (this.lastTime !== null && !idle) this.activeSeconds += Math.max(0, at - this.lastTime) / 1000;
		this.firstTime ??= at;
		this.lastTime = at;
		this.lastSeq = event.seq;
	}

	#enter(state: "started" | "completed" | "stopped" | "failed"): void {
		this.state = state;
		this.failure = null;
		this.phase = null;
		this.phaseProgress = null;
		this.secondsLeft = null;
	}

	/** What was done after the checkpoint that the run goes on from is lost and will be done again. */
	#goBackTo(step: number): void {
		this.step = step;
		this.columns.cutAfter(step);
		this.accuracyCurve = this.accuracyCurve.filter(([at]) => at <= step);
		if (this.bestStep !== null && this.bestStep > step) this.bestStep = null;
	}

	#progress({ phase, done, total, secondsLeft }: Extract<EngineEvent, { type: "progress" }>): void {
		if (STEP_PHASES.has(phase)) {
			this.totalSteps = total;
			this.secondsLeft = secondsLeft;
			this.phaseProgress = null;
		} else {
			this.phaseProgress = total > 0 ? Math.min(1, done / total) : null;
		}
	}

	#step({ metrics }: Extract<EngineEvent, { type: "step" }>): void {
		const seconds = metrics.elapsedMs / 1000;
		this.secondsPerStep = this.secondsPerStep === null ? seconds : 0.8 * this.secondsPerStep + 0.2 * seconds;
		this.step = metrics.step;
		this.epoch = metrics.epoch;
		this.tokensPerSecond = metrics.responseTokensPerSecond;
		this.klEstimate = metrics.klEstimate;
		this.memoryBytes = metrics.memoryBytes;
		this.columns.addStep(metrics, this.activeSeconds);
	}

	#evaluation(event: Extract<EngineEvent, { type: "eval" }>): void {
		if (event.split !== "validation") return;
		const { step, n, accuracy, accuracyInterval: interval, heldOutLoss, valueAuc } = event;
		const seconds = this.activeSeconds;
		this.columns.addEvaluation({ step, seconds, n, accuracy, interval, heldOutLoss, valueAuc });
		if (heldOutLoss !== null) this.heldOutLoss = heldOutLoss;
		if (accuracy === null) return;
		if (step === 0) this.baseAccuracy = accuracy;
		this.lastAccuracy = accuracy;
		this.accuracyCurve = [...this.accuracyCurve.filter(([at]) => at < step), [step, accuracy]];
		if (interval !== null) this.#intervals.set(step, interval);
	}
}
