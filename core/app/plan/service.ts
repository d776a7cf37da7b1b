import { availableParallelism } from "node:os";
import type { Draft, Plan } from "../../contract/api-runs.ts";
import { AppError } from "../../contract/errors.ts";
import type { RunConfig } from "../../contract/run.ts";
import { freeBytes } from "../../store/files.ts";
import { budget, rungsOf, survivors } from "../../sweeps/plan.ts";
import { type EstimateInput, stepsOf, type Throughput } from "../../training/estimate.ts";
import { parameterCount } from "../../training/step-cost.ts";
import type { AppContext } from "../context.ts";
import { memoryLimit } from "../devices/memory.ts";
import type { RunService } from "../runs/service.ts";
import { Thread } from "../threads/thread.ts";
import { Calibration } from "./calibration.ts";
import type { Lookups } from "./draft.ts";
import { FactsCache } from "./facts.ts";
import { type Points, pointsOf, problemsOf } from "./points.ts";
import type { Remedy, TrainingFacts } from "./thread-operations.ts";
import { warningsOf } from "./warnings.ts";

/** A window does not wait longer for data to be encoded; the plan then lacks what depends on it. */
const FACTS_MS = 700;
/** Steps of a run from which its speed is learnt. */
const LEAST_STEPS = 4;

const PARTS = {
	weights: "Weights",
	gradients: "Gradients",
	moments: "Optimizer",
	activations: "Activations",
	caches: "Caches for answers",
	runtime: "Runtime and data",
} as const;

export interface PlanDeps extends Lookups {
	readonly context: AppContext;
	readonly runs: RunService;
}

/** Says what a draft would take, and what is wrong with it, before anything starts. */
export class PlanService {
	readonly #deps: PlanDeps;
	readonly #thread: Thread;
	readonly #facts: FactsCache;
	readonly #calibration: Calibration;
	readonly #unsubscribe: () => void;
	/** What ends each dry run that is under way, by its request. */
	readonly dryRuns = new Map<string, AbortController>();

	constructor(deps: PlanDeps) {
		const { context } = deps;
		this.#deps = deps;
		this.#thread = new Thread(context.readingThread);
		this.#facts = new FactsCache(this.#thread, context.hub);
		this.#calibration = new Calibration(context.dataDir);
		this.#unsubscribe = context.hub.subscribe((push) => {
			if (push.type !== "run" || push.run.state !== "completed") return;
			// Runs of a sweep are alike, and side by side they are slower.
			const { id, sweepId } = push.run;
			if (sweepId !== null && (context.settings().maxParallel > 1 || !id.endsWith("/t001"))) return;
			// A speed that cannot be learnt leaves the last one in place.
			void this.#learn(id).catch(() => {});
		});
	}

	close(): void {
		for (const cancel of this.dryRuns.values()) cancel.abort();
		this.#unsubscribe();
		this.#thread.close();
	}

	/** What this machine does in a second, with the threads of the settings. */
	throughput(): Throughput {
		return this.#calibration.throughput(this.#deps.context.settings().threads);
	}

	points(draft: Draft): Points {
		return pointsOf(draft, this.#deps.context, this.#deps);
	}

	/** Counts of a run's encoded data. Throws what keeps it from training. */
	async facts(config: RunConfig): Promise<TrainingFacts> {
		const facts = await this.#facts.of(config);
		if (facts instanceof AppError) throw facts;
		return facts;
	}

	/** Learns the speed of this machine from a measured step. */
	async learn(config: RunConfig, facts: TrainingFacts, secondsPerStep: number, from: string): Promise<void> {
		const input = inputOf(config, facts);
		const { matrixFlops } = await this.#thread.ask("measureSpeed", { input, secondsPerStep });
		this.#calibration.learn(matrixFlops, config.threads, from);
	}

	async plan(draft: Draft): Promise<Plan> {
		const points = this.points(draft);
		const [first] = points.configs;
		const found = first === undefined ? null : await this.#facts.within(first, FACTS_MS);
		const facts = found instanceof AppError ? null : found;
		const problems = [...points.problems, ...(found instanceof AppError ? problemsOf(found, "dataId") : [])];
		const warnings = warningsOf(points, facts, this.#deps.runs);
		if (found === null && first !== undefined) {
			const text = "Times and memory follow once the data are encoded; with large data that takes a moment.";
			warnings.unshift({ title: "Still counting tokens", text, field: null });
		}
		const base = this.#empty(points);
		if (first === undefined || facts === null) return { ...base, problems, warnings };
		return { ...base, ...(await this.#costs(points, first, facts, problems)), problems, warnings };
	}

	#empty({ configs }: Points): Plan {
		return {
			problems: [],
			warnings: [],
			resolved: configs[0] ?? null,
			runs: configs.length,
			stepsPerRun: 0,
			totalSteps: 0,
			stepsPerEpoch: 0,
			rungs: [],
			trajectories: 0,
			prompts: 0,
			cut: 0,
			skipped: 0,
			secondsPerRun: null,
			secondsTotal: null,
			secondsError: null,
			calibration: this.#calibration.words,
			memory: { parts: [], totalBytes: 0, limitBytes: memoryLimit(), remedies: [] },
			diskBytes: 0,
			modelCopyBytes: 0,
			freeDiskBytes: freeBytes(this.#deps.context.dataDir),
		};
	}

	async #costs(
		{ configs, sweep }: Points,
		first: RunConfig,
		facts: TrainingFacts,
		problems: Plan["problems"],
	): Promise<Partial<Plan>> {
		const input = { ...inputOf(first, facts), throughput: this.#calibration.throughput(first.threads) };
		const limitBytes = memoryLimit();
		const { found, remedies } = await this.#thread.ask("estimateRun", { input, limitBytes });
		const totals = configs.map((run) => stepsOf({ run, data: facts.shape }).total);
		const longest = Math.max(...totals);
		const asha = sweep?.asha ?? null;
		const rungs = rungsOf({ asha }, longest);
		const reduction = asha?.reduction ?? 1;
		if (asha !== null && asha.minSteps >= longest)
			problems.push({ field: "search.minSteps", reason: `must be below the ${longest} steps of a run` });
		if (asha !== null && asha.minSteps <= found.steps.warmup) {
			const reason = `must exceed the ${found.steps.warmup} steps in which the value function alone learns`;
			problems.push({ field: "search.minSteps", reason });
		}
		const totalSteps = budget(totals, rungs, reduction);
		const { seconds, steps, disk, memory } = found;
		const secondsPerStep = seconds.total / Math.max(1, steps.total);
		const parallel = Math.min(configs.length, this.#deps.context.settings().maxParallel);
		return {
			stepsPerRun: longest,
			totalSteps,
			stepsPerEpoch: steps.perEpoch,
			rungs: asha === null ? [] : rungPlan(configs.length, rungs, reduction),
			...{ trajectories: facts.trajectories, prompts: facts.shape.prompts },
			...{ cut: facts.cut, skipped: facts.skipped },
			secondsPerRun: seconds.total,
			secondsTotal: (secondsPerStep * totalSteps) / parallel,
			secondsError: seconds.error,
			memory: {
				parts: Object.entries(memory.parts).map(([part, bytes]) => ({
					name: PARTS[part as keyof typeof PARTS],
					bytes: bytes * parallel,
				})),
				totalBytes: memory.totalBytes * parallel,
				limitBytes,
				remedies: remedies.map(remedyWords),
			},
			diskBytes: disk.totalBytes * configs.length,
			modelCopyBytes: modelCopyBytes(first, facts),
		};
	}

	/** Takes the speed of a run that has just ended; its first step warms up and says little. */
	async #learn(id: string): Promise<void> {
		const entry = await this.#deps.runs.read(id);
		const { config } = entry;
		if (config === null || entry.learnt) return;
		entry.learnt = true;
		const facts = await this.facts(config);
		const { warmup } = stepsOf({ run: config, data: facts.shape });
		const { columns } = entry.reader.digest.columns.page(warmup + 1, Number.MAX_SAFE_INTEGER);
		const times = (columns.values.elapsedMs ?? []).flatMap((ms) => (ms === null ? [] : [ms / 1000]));
		const median = times.sort((a, b) => a - b)[times.length >> 1];
		if (median === undefined || times.length < LEAST_STEPS) return;
		await this.learn(config, facts, median, this.#deps.runs.summary(id).name);
	}
}

/** Bytes of the copy that the first run on a model makes; none where its file has training's number format already. */
export function modelCopyBytes({ precision }: RunConfig, { model, storedBytes }: TrainingFacts): number {
	const bytes = precision === "f32" ? 4 : 2;
	return storedBytes === bytes ? 0 : bytes * parameterCount(model);
}

export function inputOf(config: RunConfig, facts: TrainingFacts): EstimateInput {
	return {
		model: facts.model,
		run: config,
		data: facts.shape,
		heldOut: facts.heldOut,
		storedBytes: facts.storedBytes,
		provider: config.provider === "auto" ? "cpu" : config.provider,
		cores: availableParallelism(),
	};
}

function rungPlan(runs: number, rungs: readonly number[], reduction: number): Plan["rungs"] {
	let alive = runs;
	return rungs.map((steps, k) => {
		if (k > 0) alive = survivors(alive, reduction);
		return { runs: alive, steps };
	});
}

function remedyWords({ fields, totalBytes }: Remedy): Plan["memory"]["remedies"][number] {
	const { microTokens, recompute, valueFunction, adapter } = fields;
	const words = [
		microTokens === undefined ? null : `micro-batches of ${microTokens} tokens (slower, same result)`,
		recompute === undefined ? null : "recompute activations (about 1.4 times the time, same result)",
		valueFunction === undefined ? null : "V as a head on the policy",
		adapter === undefined ? null : "LoRA instead of every weight",
	].filter((word) => word !== null);
	const text = words.join(", and ");
	return { text: text.charAt(0).toUpperCase() + text.slice(1), fields, bytes: totalBytes };
}
