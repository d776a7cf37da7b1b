import { availableParallelism } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { AppError } from "../contract/errors.ts";
import type { EvaluateResult } from "../contract/jobs.ts";
import type { ProviderChoice } from "../contract/provider.ts";
import { resolveRunConfig } from "../contract/resolve.ts";
import { PAPER_SAMPLING } from "../contract/sampling.ts";
import {
	type LeaderboardEntry,
	SWEEP_SCHEMA_VERSION,
	type SweepConfigInput,
	type SweepEvent,
	type SweepPlan,
	type SweepResult,
	sweepConfigSchema,
	type Trial,
} from "../contract/sweep.ts";
import { type DeviceSlots, slotsOfMachine } from "../engine/device-slots.ts";
import { type StartOptions, startJob } from "../engine/supervisor.ts";
import { takeRunLock } from "../store/run-lock.ts";
import { configAt } from "./expand.ts";
import { parameterImportance, ranked } from "./leaderboard.ts";
import { makePlan, survivors } from "./plan.ts";
import { SweepProgress, type SweepProgressReport } from "./progress.ts";
import { Scheduler, type Work } from "./scheduler.ts";
import { SweepStore } from "./sweep-store.ts";
import { readTrial } from "./trial-state.ts";

export interface RunSweepOptions {
	readonly outDir: string;
	/** Go on with the sweep in `outDir` where there is one; otherwise that is refused. */
	readonly resume?: boolean;
	readonly onEvent?: (event: SweepEvent) => void;
	readonly onProgress?: (report: SweepProgressReport) => void;
	/** Called with the whole plan before anything starts. */
	readonly onPlan?: (plan: SweepPlan) => void;
	/** Aborting ends in good order: the result has reason `stopped` and the sweep can be resumed. */
	readonly stop?: AbortSignal;
	/** Aborting ends running children at once; the sweep can be resumed all the same. */
	readonly kill?: AbortSignal;
	readonly host?: StartOptions["host"];
	readonly env?: StartOptions["env"];
	readonly cores?: number;
	/** GPUs that runs with these providers are spread over, one each, null for none; all of the machine unless given. */
	readonly slotsOf?: (providers: readonly ProviderChoice[]) => Promise<DeviceSlots | null>;
	readonly freeMemory?: () => number;
}

/**
 * Runs a sweep to its end, or continues one: every run in a process of its own, the best picked on validation data, and
 * that one alone tested. `config` may be null to continue. The files in `outDir` are the only memory, so a sweep that was
 * killed ends with the same runs and the same best one. Runs are compared only when all of a rung have reached it, so
 * the outcome does not depend on which was faster.
 * @throws AppError `config-invalid` naming every invalid run before anything starts, `run-exists`, `run-missing`,
 * `resume-mismatch` when `config` is not the one the sweep was started with, `disk-full`.
 */
export async function runSweep(
	config: SweepConfigInput | null,
	options: RunSweepOptions,
): Promise<SweepResult> {
	const store = new SweepStore(options.outDir);
	const before = store.readPlan();
	const plan = await planFor(config, before, options);
	const unlock = takeRunLock(store.dir);
	try {
		if (before === null) store.writePlan(plan);
		const { slotsOf = (providers) => slotsOfMachine(providers, options) } = options;
		const slots = await slotsOf(plan.trials.map(({ config }) => config.provider));
		return await new Sweep(plan, store, before !== null, options, slots).run();
	} finally {
		store.close();
		unlock();
	}
}

async function planFor(
	input: SweepConfigInput | null,
	before: SweepPlan | null,
	{ outDir, resume, cores }: RunSweepOptions,
): Promise<SweepPlan> {
	if (before !== null && !resume) {
		const hint = "Continue it with --resume, or choose another folder.";
		throw new AppError({ code: "run-exists", message: `${outDir} already holds a sweep.`, hint });
	}
	if (input === null) {
		if (before !== null) return before;
		const hint = "Check the folder, or leave out --resume to start a new sweep.";
		throw new AppError({ code: "run-missing", message: `${outDir} holds no sweep to continue.`, hint });
	}
	const parsed = sweepConfigSchema.safeParse(input);
	if (!parsed.success) {
		const problems = parsed.error.issues.map(({ path, message }) => ({
			field: path.join(".") || "(whole)",
			reason: message,
		}));
		throw new AppError({
			code: "config-invalid",
			message: `The sweep's configuration is invalid: ${problems.map((p) => `${p.field}: ${p.reason}`).join("; ")}.`,
			hint: "Correct the fields named.",
			details: { problems },
		});
	}
	if (before === null) return makePlan(parsed.data, cores ?? availableParallelism());
	// How many run at once was settled with the plan, because it sets each run's threads.
	if (isDeepStrictEqual({ ...before.config, maxParallel: null }, { ...parsed.data, maxParallel: null }))
		return before;
	throw new AppError({
		code: "resume-mismatch",
		message: `The sweep in ${outDir} was started with another configuration.`,
		hint: "Continue it without giving a configuration, or start a new sweep in another folder.",
	});
}

class Sweep {
	private readonly plan: SweepPlan;
	private readonly store: SweepStore;
	private readonly resumed: boolean;
	private readonly options: RunSweepOptions;
	private readonly stop: AbortSignal;
	private readonly scheduler: Scheduler;
	private readonly progress: SweepProgress;
	/** The rung each trial is to reach, as an index; it rises while the trial goes on. */
	private readonly reach = new Map<string, number>();

	constructor(
		plan: SweepPlan,
		store: SweepStore,
		resumed: boolean,
		options: RunSweepOptions,
		slots: DeviceSlots | null,
	) {
		this.plan = plan;
		this.store = store;
		this.resumed = resumed;
		this.options = options;
		const kill = options.kill ?? new AbortController().signal;
		this.stop = AbortSignal.any([options.stop ?? kill, kill]);
		this.progress = new SweepProgress(plan, (report) => options.onProgress?.(report));
		this.scheduler = new Scheduler({
			plan,
			trialsDir: store.trialsDir,
			emit: (event) => this.emit(event),
			onStep: (trial, step) => this.progress.step(trial, step),
			stop: this.stop,
			kill,
			start: { host: options.host, env: options.env },
			slots,
			...(options.freeMemory ? { freeMemory: options.freeMemory } : {}),
		});
	}

	async run(): Promise<SweepResult> {
		const { plan, resumed, store } = this;
		const { totalSteps, parallel, trials } = plan;
		this.options.onPlan?.(plan);
		const threads = trials[0]?.config.threads ?? 0;
		this.emit({ type: "sweep-started", runs: trials.length, totalSteps, parallel, threads, resumed });
		this.progress.begin(trials.map((trial) => [trial.id, this.state(trial).steps]));
		const finished = await this.trainAll();
		const best = finished ? this.result("completed").best : null;
		const test = best === null ? null : await this.test(best.trial);
		const tested = plan.config.testData === null || best === null || test?.reason === "completed";
		const result = { ...this.result(finished && tested ? "completed" : "stopped"), test };
		store.writeResult(result);
		this.emit({ type: "sweep-finished", reason: result.reason });
		return result;
	}

	/** All rungs in turn; false when it was stopped. */
	private async trainAll(): Promise<boolean> {
		const { rungs, config } = this.plan;
		let alive: readonly Trial[] = this.plan.trials;
		let room = alive.length;
		for (const [k, rung] of rungs.entries()) {
			for (const trial of alive) this.reach.set(trial.id, k);
			const work = alive
				.map((trial): Work => ({ trial, toStep: Math.min(rung, trial.totalSteps) }))
				.filter(({ trial, toStep }) => {
					const { completedSteps, diverged } = this.state(trial);
					return completedSteps < toStep && diverged === null;
				});
			await this.scheduler.run(work);
			if (this.stop.aborted) return false;
			if (k === rungs.length - 1) break;
			room = survivors(room, config.asha?.reduction ?? 1);
			const goOn = ranked(
				alive.map((trial) => this.entry(trial)),
				this.plan.objective,
			)
				.filter(({ status, score }) => status !== "failed" && score !== null)
				.slice(0, room)
				.map(({ trial }) => trial);
			alive = alive.filter(({ id }) => goOn.includes(id));
			this.emit({ type: "rung-finished", steps: rung, goOn });
		}
		return true;
	}

	private emit(event: SweepEvent): void {
		this.store.append(event);
		if (event.type === "trial-finished" || event.type === "trial-failed") {
			this.store.writeResult(this.result("stopped"));
		}
		this.options.onEvent?.(event);
	}

	private state(trial: Trial) {
		return readTrial(join(this.store.trialsDir, trial.id), trial, this.plan.objective);
	}

	private entry(trial: Trial): LeaderboardEntry {
		const { rungs } = this.plan;
		const state = this.state(trial);
		const rung = this.reach.get(trial.id) ?? 0;
		const toStep = Math.min(rungs[rung] ?? 0, trial.totalSteps);
		const error = state.diverged ?? this.scheduler.failures.get(trial.id) ?? null;
		const mark = state.mark(toStep);
		const reached = state.completedSteps >= toStep;
		const status =
			error !== null ? "failed" : !reached ? "unfinished" : toStep < trial.totalSteps ? "cut" : "finished";
		return {
			trial: trial.id,
			values: trial.values,
			status,
			steps: reached ? toStep : state.steps,
			score: mark?.score ?? null,
			bestStep: mark?.step ?? null,
			error,
		};
	}

	private result(reason: SweepResult["reason"]): SweepResult {
		const { objective, trials, totalSteps } = this.plan;
		const leaderboard = ranked(
			trials.map((trial) => this.entry(trial)),
			objective,
		);
		const first = leaderboard.find(({ status }) => status === "finished" || status === "cut");
		const best =
			first === undefined || first.score === null
				? null
				: {
						trial: first.trial,
						runDir: join(this.store.trialsDir, first.trial),
						values: first.values,
						score: first.score,
					};
		return {
			schemaVersion: SWEEP_SCHEMA_VERSION,
			reason,
			outDir: this.store.dir,
			objective,
			runs: trials.length,
			totalSteps,
			failed: leaderboard.filter(({ status }) => status === "failed").length,
			leaderboard,
			best,
			test: null,
			importance: parameterImportance(leaderboard),
		};
	}

	/** Tests the best run's best checkpoint, once: the test data have no part in the choice. */
	private async test(id: string): Promise<EvaluateResult | null> {
		const { testData, base } = this.plan.config;
		const trial = this.plan.trials.find((candidate) => candidate.id === id) as Trial;
		const { task } = resolveRunConfig(configAt(base, trial.values));
		if (testData === null || task === null) return null;
		const known = this.store.readTest(id);
		if (known !== null) return known;
		this.emit({ type: "test-started", trial: id });
		const { template, maxPromptTokens, maxResponseTokens } = trial.config;
		const job = startJob<"evaluate">(
			{
				kind: "evaluate",
				modelDir: join(this.store.trialsDir, id),
				dataPath: testData,
				task,
				template,
				sampling: { ...PAPER_SAMPLING, maxNewTokens: maxResponseTokens },
				sampledSeeds: 0,
				maxPromptTokens,
				outPath: null,
				limit: null,
				threads: 0,
				compute: { provider: trial.config.provider },
				eventsPath: null,
			},
			{ host: this.options.host, env: this.options.env },
		);
		this.stop.addEventListener("abort", () => job.stop());
		this.options.kill?.addEventListener("abort", () => job.kill());
		const result = await job.result;
		if (result.reason === "stopped") return null;
		this.store.writeTest(id, result);
		return result;
	}
}
