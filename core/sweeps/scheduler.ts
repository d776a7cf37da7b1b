import { freemem } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "../contract/errors.ts";
import type { EngineEvent } from "../contract/events.ts";
import type { SweepEvent, SweepPlan, Trial } from "../contract/sweep.ts";
import type { DeviceSlots } from "../engine/device-slots.ts";
import { type Job, type StartOptions, startJob } from "../engine/supervisor.ts";
import { runLockHolder } from "../store/run-lock.ts";
import { readTrial } from "./trial-state.ts";

const ATTEMPTS = 2;
/** An engine left alone ends after the batch it is in; large models take their time over one. */
const LOCK_WAIT_MS = 120_000;
/** Memory of a run may still grow by this much over what was seen. */
const MEMORY_MARGIN = 1.1;

export interface Work {
	readonly trial: Trial;
	readonly toStep: number;
}

export interface SchedulerOptions {
	readonly plan: SweepPlan;
	/** Folder of the trials. */
	readonly trialsDir: string;
	readonly emit: (event: SweepEvent) => void;
	readonly onStep: (trial: string, step: number) => void;
	/** Aborting it lets running trials write a checkpoint and end; nothing new starts. */
	readonly stop: AbortSignal;
	/** Aborting it ends running trials at once. */
	readonly kill: AbortSignal;
	readonly start: Pick<StartOptions, "host" | "env">;
	/** GPUs that trials are spread over, one each; null where they compute on the CPU. */
	readonly slots: DeviceSlots | null;
	/** Free memory in bytes; the machine's unless given. */
	readonly freeMemory?: () => number;
}

interface Running {
	job: Job<unknown> | null;
	/** Largest resident size seen, bytes; 0 before the first step. */
	memoryBytes: number;
}

/** Runs trials in child processes, as many at once as the plan and the memory allow. */
export class Scheduler {
	/** Why trials failed in this start of the sweep, by id. */
	readonly failures = new Map<string, string>();
	private readonly options: SchedulerOptions;
	private readonly running = new Map<string, Running>();
	private largestBytes = 0;
	private wake: () => void = () => {};
	private broken: { error: unknown } | null = null;

	constructor(options: SchedulerOptions) {
		this.options = options;
		options.stop.addEventListener("abort", () => this.each((job) => job.stop()));
		options.kill.addEventListener("abort", () => this.each((job) => job.kill()));
	}

	/** Resolves when all work is done, has failed, or was stopped. Throws what is no trial's failure, such as `disk-full`. */
	async run(work: readonly Work[]): Promise<void> {
		const queue = [...work];
		for (;;) {
			const changed = new Promise<void>((resolve) => {
				this.wake = resolve;
			});
			while (queue.length > 0 && this.mayStart()) this.begin(queue.shift() as Work);
			if (this.running.size === 0) break;
			await changed;
		}
		if (this.broken !== null) throw this.broken.error;
	}

	private get ending(): boolean {
		return this.options.stop.aborted || this.options.kill.aborted || this.broken !== null;
	}

	/** The first trial runs alone until its memory is known; what it caches serves the others, too. */
	private mayStart(): boolean {
		if (this.ending) return false;
		if (this.running.size === 0) return true;
		const { plan, slots } = this.options;
		const most = Math.min(plan.parallel, slots?.size ?? plan.parallel);
		if (this.running.size >= most || this.largestBytes === 0) return false;
		const stillToCome = [...this.running.values()].reduce(
			(sum, { memoryBytes }) => sum + Math.max(0, this.largestBytes - memoryBytes),
			0,
		);
		return (this.options.freeMemory ?? freemem)() - stillToCome >= MEMORY_MARGIN * this.largestBytes;
	}

	private begin(work: Work): void {
		const running: Running = { job: null, memoryBytes: 0 };
		this.running.set(work.trial.id, running);
		this.attempts(work, running)
			.catch((error: unknown) => {
				this.broken ??= { error };
				this.each((job) => job.kill());
			})
			.finally(() => {
				this.running.delete(work.trial.id);
				this.wake();
			});
	}

	private async attempts(work: Work, running: Running): Promise<void> {
		const { emit, plan, trialsDir } = this.options;
		const { trial, toStep } = work;
		const dir = join(trialsDir, trial.id);
		for (let attempt = 1; attempt <= ATTEMPTS && !this.ending; attempt++) {
			await this.waitForLock(dir);
			if (this.ending) return;
			const { slots } = this.options;
			const deviceId = slots === null ? null : await slots.take(this.options.stop);
			try {
				if (this.ending) return;
				emit({ type: "trial-started", trial: trial.id, attempt, toStep });
				const reason = await this.train(work, dir, running, deviceId);
				if (reason === "stopped") return;
				const state = readTrial(dir, trial, plan.objective);
				const score = state.mark(toStep)?.score ?? null;
				emit({ type: "trial-finished", trial: trial.id, steps: state.completedSteps, score });
				return;
			} catch (error) {
				if (this.ending) return;
				const message = error instanceof Error ? error.message : String(error);
				// The same numbers would diverge in the same way.
				const hopeless = error instanceof AppError && error.code === "diverged";
				const again = attempt < ATTEMPTS && !hopeless;
				emit({ type: "trial-failed", trial: trial.id, attempt, again, error: message });
				if (again) continue;
				this.failures.set(trial.id, message);
				return;
			} finally {
				// The child is gone, however it ended.
				if (deviceId !== null) slots?.release(deviceId);
			}
		}
	}

	private async train(
		{ trial, toStep }: Work,
		dir: string,
		running: Running,
		deviceId: number | null,
	): Promise<"completed" | "stopped"> {
		const resume = readTrial(dir, trial, this.options.plan.objective).begun;
		// A run's trajectory does not depend on where it is cut, so a promoted run just goes on.
		const config = toStep < trial.totalSteps ? { ...trial.config, maxSteps: toStep } : trial.config;
		const job = startJob<"train">(
			{ kind: "train", runDir: dir, config, resume, ...(deviceId === null ? {} : { deviceId }) },
			{ ...this.options.start, onEvent: (event) => this.follow(trial.id, event, running) },
		);
		running.job = job;
		running.memoryBytes = 0;
		try {
			return (await job.result).reason;
		} finally {
			running.job = null;
		}
	}

	private follow(trial: string, event: EngineEvent, running: Running): void {
		if (event.type !== "step") return;
		const { step, memoryBytes } = event.metrics;
		const first = running.memoryBytes === 0;
		running.memoryBytes = Math.max(running.memoryBytes, memoryBytes);
		this.largestBytes = Math.max(this.largestBytes, memoryBytes);
		this.options.onStep(trial, step);
		if (first) this.wake();
	}

	/** A child of a sweep that was killed may still be ending. */
	private async waitForLock(dir: string): Promise<void> {
		const until = performance.now() + LOCK_WAIT_MS;
		while (runLockHolder(dir) !== null && performance.now() < until && !this.ending) await sleep(100);
	}

	private each(act: (job: Job<unknown>) => void): void {
		for (const { job } of this.running.values()) if (job !== null) act(job);
	}
}
