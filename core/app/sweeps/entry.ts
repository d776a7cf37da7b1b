import { existsSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import type { SweepSummary } from "../../contract/api-sweeps.ts";
import { type Failure, toFailure } from "../../contract/error-body.ts";
import { AppError } from "../../contract/errors.ts";
import type { SweepConfig, SweepEvent, SweepPlan } from "../../contract/sweep.ts";
import { readJsonLines } from "../../store/json-lines.ts";
import { runLockHolder } from "../../store/run-lock.ts";
import { SweepStore } from "../../sweeps/sweep-store.ts";
import type { RunService } from "../runs/service.ts";
import { readSweepFile, type SweepFile, writeSweepFile } from "./app-file.ts";
import { Course, timedSweepEventSchema } from "./course.ts";
import { secondsSaved, type TrialView, trialViews } from "./trials.ts";

/** A sweep that this app runs now. */
export interface SweepControl {
	readonly stop: AbortController;
	readonly kill: AbortController;
	secondsLeft: number | null;
}

/** One sweep's folder with what is known of it now. */
export class SweepEntry {
	readonly id: string;
	readonly dir: string;
	readonly store: SweepStore;
	control: SweepControl | null = null;
	course = new Course();
	plan: SweepPlan | null = null;
	#app: SweepFile | null = null;
	#damage: AppError | null = null;
	#seenBusy = false;

	constructor(id: string, dir: string) {
		this.id = id;
		this.dir = dir;
		this.store = new SweepStore(dir);
		this.reload();
	}

	/** Reads its files anew: another process may work on it. */
	reload(): void {
		try {
			this.#app = readSweepFile(this.dir);
			this.plan = this.store.readPlan();
			this.course = new Course();
			for (const event of readJsonLines(join(this.dir, "sweep-events.jsonl"), timedSweepEventSchema))
				this.course.apply(event, Date.parse(event.time));
			this.#damage = null;
		} catch (error) {
			if (!(error instanceof AppError)) throw error;
			this.#damage = error;
		}
	}

	/** Whether another process is at work on it, or was when last asked: how it ended is told only then. */
	changedElsewhere(): boolean {
		const before = this.#seenBusy;
		this.#seenBusy = this.control === null && this.busy;
		return this.#seenBusy || before;
	}

	take(event: SweepEvent): void {
		this.course.apply(event, Date.now());
	}

	get name(): string {
		return this.#app?.name ?? this.id;
	}

	get config(): SweepConfig | null {
		return this.plan?.config ?? this.#app?.config ?? null;
	}

	get modelName(): string {
		return this.#app?.modelName ?? basename(this.plan?.trials[0]?.config.modelDir ?? "");
	}

	get dataName(): string {
		return this.#app?.dataName ?? basename(this.plan?.trials[0]?.config.dataPath ?? "");
	}

	get createdAt(): number {
		return this.#app?.createdAt ?? (existsSync(this.dir) ? statSync(this.dir).birthtimeMs : 0);
	}

	/** Where `app.json` is missing it is made from the plan. */
	changeApp(change: Partial<SweepFile>): void {
		const { config } = this;
		if (config === null) throw this.#damage ?? new Error(`The sweep ${this.id} has no configuration.`);
		const base: SweepFile = this.#app ?? {
			schemaVersion: 1,
			name: this.id,
			modelName: this.modelName,
			dataName: this.dataName,
			createdAt: this.createdAt,
			config,
			failure: null,
		};
		const next = { ...base, ...change };
		writeSweepFile(this.dir, next);
		this.#app = next;
	}

	get busy(): boolean {
		return this.control !== null || runLockHolder(this.dir) !== null;
	}

	state(queued: boolean): SweepSummary["state"] {
		if (this.#damage !== null) return "unreadable";
		if (queued) return "queued";
		if (this.control !== null) return this.control.stop.signal.aborted ? "stopping" : "running";
		if (runLockHolder(this.dir) !== null) return "running";
		if (this.#app?.failure) return "failed";
		return this.course.ended ?? (this.course.begun ? "interrupted" : "stopped");
	}

	trials(runs: RunService, queued: boolean): TrialView[] {
		const { plan } = this;
		if (plan === null) return [];
		const state = this.state(queued);
		const active = state === "running" || state === "queued";
		return trialViews(this.id, plan, this.course, runs, active);
	}

	summary(runs: RunService, queued: boolean): SweepSummary {
		const trials = this.trials(runs, queued);
		const { config, plan } = this;
		const state = this.state(queued);
		const count = (status: TrialView["status"]) => trials.filter((trial) => trial.status === status).length;
		const best = trials.find(({ score, status }) => score !== null && status !== "failed");
		const first = trials.find(({ baseAccuracy }) => baseAccuracy !== null);
		return {
			id: this.id,
			name: this.name,
			state,
			method: config?.method ?? "grid",
			objective: plan?.objective ?? config?.objective ?? "accuracy",
			modelName: this.modelName,
			dataName: this.dataName,
			axes: Object.entries(config?.space ?? {}).map(([field, axis]) => ({
				field,
				values: "values" in axis ? axis.values : null,
			})),
			total: trials.length,
			finished: count("finished"),
			cut: count("cut"),
			failed: count("failed"),
			training: count("training"),
			waiting: count("waiting"),
			stepsDone: trials.reduce((sum, { step }) => sum + step, 0),
			stepsTotal: plan?.totalSteps ?? 0,
			secondsLeft: this.control?.secondsLeft ?? null,
			secondsSaved: secondsSaved(trials, plan?.parallel ?? 1),
			createdAt: this.createdAt,
			finishedAt: this.course.endedAt,
			best:
				best === undefined ? null : { runId: best.runId, values: best.values, score: best.score as number },
			baseAccuracy: first?.baseAccuracy ?? null,
			failure: this.#failure(state),
		};
	}

	#failure(state: SweepSummary["state"]): Failure | null {
		if (this.#damage !== null) return toFailure(this.#damage);
		return state === "failed" ? (this.#app?.failure ?? null) : null;
	}
}
