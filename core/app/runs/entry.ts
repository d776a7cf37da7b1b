import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { RunState, RunSummary } from "../../contract/api-runs.ts";
import { type Failure, toFailure } from "../../contract/error-body.ts";
import { AppError } from "../../contract/errors.ts";
import type { TrainResult } from "../../contract/jobs.ts";
import type { RunConfig } from "../../contract/run.ts";
import type { Job } from "../../engine/supervisor.ts";
import { runLockHolder } from "../../store/run-lock.ts";
import { RunStore } from "../../store/run-store.ts";
import { type AppFile, FOREIGN_RUN, readAppFile, writeAppFile } from "./app-file.ts";
import { RunReader } from "./reader.ts";
import { SampleIndex } from "./samples.ts";

/** What a sweep knows of one of its runs. */
export interface TrialFacts {
	readonly sweepId: string;
	readonly name: string;
	readonly modelName: string;
	readonly dataName: string;
	readonly createdAt: number;
	readonly config: RunConfig;
	/** Whether the sweep is at work and may start it yet. */
	readonly waiting: () => boolean;
}

/** The engine process of a run that this app started. */
export interface RunControl {
	readonly job: Job<TrainResult>;
	/** Newest event before this start. */
	readonly startSeq: number;
	stopping: boolean;
	killed: boolean;
}

/** The time from a run's turn in the queue until its engine process is there. */
export interface RunTurn {
	waitsForGpu: boolean;
	/** Aborted when it is to end before it began. */
	readonly left: AbortController;
}

/** One run's folder with what is known of it now. */
export class RunEntry {
	readonly id: string;
	readonly dir: string;
	readonly reader: RunReader;
	readonly samples: SampleIndex;
	readonly trial: TrialFacts | null;
	turn: RunTurn | null = null;
	control: RunControl | null = null;
	/** Whether another process was at work on it when last looked at. */
	seenAlive = false;
	/** Whether the machine's speed was taken from it. */
	learnt = false;
	#app: AppFile = FOREIGN_RUN;
	#appFailure: AppError | null = null;
	#config: RunConfig | null = null;
	#configFailure: AppError | null = null;

	constructor(id: string, dir: string, trial: TrialFacts | null = null) {
		this.id = id;
		this.dir = dir;
		this.trial = trial;
		this.reader = new RunReader(join(dir, "events.jsonl"));
		this.samples = new SampleIndex(join(dir, "samples.jsonl"));
		try {
			this.#app = readAppFile(dir);
		} catch (error) {
			this.#appFailure = expected(error);
		}
	}

	get app(): AppFile {
		return this.#app;
	}

	changeApp(change: Partial<AppFile>): void {
		const next = { ...this.#app, ...change };
		writeAppFile(this.dir, next);
		this.#app = next;
	}

	/** True once training itself has begun: it is then resumed, not started. */
	get begun(): boolean {
		return existsSync(join(this.dir, "run.json"));
	}

	/** The whole configuration, or null when it cannot be read. */
	get config(): RunConfig | null {
		if (this.#config !== null) return this.#config;
		if (!this.begun) return this.#app.config ?? this.trial?.config ?? null;
		try {
			this.#config = RunStore.open(dirname(this.dir), basename(this.dir)).readConfig();
			this.#configFailure = null;
		} catch (error) {
			this.#configFailure = expected(error);
		}
		return this.#config;
	}

	/** Whether a process works on it, ours or another's. */
	get busy(): boolean {
		return this.turn !== null || this.control !== null || runLockHolder(this.dir) !== null;
	}

	get damage(): AppError | null {
		return this.#appFailure ?? (this.config === null ? this.#configFailure : null) ?? this.reader.failure;
	}

	state(queued: boolean): RunState {
		if (this.damage !== null) return "unreadable";
		if (queued) return "queued";
		const { turn, control } = this;
		if (turn !== null) return turn.waitsForGpu ? "waiting-for-gpu" : "starting";
		const { state, lastSeq } = this.reader.digest;
		if (control !== null) {
			if (control.stopping) return "stopping";
			if (lastSeq <= control.startSeq) return "starting";
			return state === "paused" ? "paused" : "running";
		}
		if (this.#ended !== null) return this.#ended.state;
		if (state === "none") return this.trial?.waiting() ? "queued" : "stopped";
		if (state !== "started" && state !== "paused") return state;
		if (runLockHolder(this.dir) === null) return "interrupted";
		return state === "paused" ? "paused" : "running";
	}

	summary(queued: boolean): RunSummary {
		const { app, trial, config } = this;
		const { digest } = this.reader;
		const state = this.state(queued);
		const { best } = digest;
		const over = state === "completed" || state === "stopped" || state === "failed";
		return {
			id: this.id,
			name: app.name ?? trial?.name ?? this.id,
			note: app.note,
			state,
			phase: this.control !== null || state === "running" || state === "paused" ? digest.phase : null,
			phaseProgress: digest.phaseProgress,
			method: config?.method ?? null,
			modelName: app.modelName ?? trial?.modelName ?? (config === null ? "" : basename(config.modelDir)),
			dataName: app.dataName ?? trial?.dataName ?? (config === null ? "" : basename(config.dataPath)),
			sweepId: trial?.sweepId ?? null,
			beta: config === null || config.method === "sft" || config.method === "rs" ? null : config.beta,
			lr: config?.lr ?? null,
			lambda: config?.method === "dqo" ? config.lambda : null,
			adapter: config?.adapter ?? null,
			step: digest.step,
			totalSteps: digest.totalSteps,
			epoch: digest.epoch,
			secondsLeft: state === "running" ? digest.secondsLeft : null,
			secondsPerStep: digest.secondsPerStep,
			tokensPerSecond: digest.tokensPerSecond,
			createdAt: app.createdAt ?? digest.firstTime ?? trial?.createdAt ?? 0,
			finishedAt: over ? digest.lastTime : null,
			activeSeconds: digest.activeSeconds,
			baseAccuracy: digest.baseAccuracy,
			bestAccuracy: best.accuracy,
			bestInterval: best.interval,
			bestStep: digest.bestStep,
			lastAccuracy: digest.lastAccuracy,
			heldOutLoss: digest.heldOutLoss,
			accuracyCurve: digest.accuracyCurve,
			klEstimate: digest.klEstimate,
			microTokens: digest.microTokens,
			lastSavedStep: digest.lastSavedStep,
			lastSavedAt: digest.lastSavedAt,
			failure: this.#failure(state),
			canResume:
				trial === null &&
				config !== null &&
				(state === "stopped" || state === "failed" || state === "interrupted"),
		};
	}

	get #ended(): AppFile["ended"] {
		const { ended } = this.#app;
		return ended !== null && ended.seq >= this.reader.digest.lastSeq ? ended : null;
	}

	#failure(state: RunState): Failure | null {
		if (this.damage !== null) return toFailure(this.damage);
		return state === "failed" ? (this.#ended?.failure ?? this.reader.digest.failure) : null;
	}
}

function expected(error: unknown): AppError {
	if (error instanceof AppError) return error;
	throw error;
}
