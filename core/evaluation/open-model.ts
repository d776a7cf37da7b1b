import { basename, dirname } from "node:path";
import type { ModelSource } from "../contract/playground.ts";
import { isRun, type OpenedPolicy, openPolicy, openRunPolicy } from "../export/run-policy.ts";
import { loadModelFolder } from "../models/hf/load.ts";
import type { GraphSession } from "../runtime/session.ts";
import { Sampler } from "../sampling/sampler.ts";
import { RunStore } from "../store/run-store.ts";
import { loadTokenizer, type Tokenizer } from "../tokenizers/tokenizer.ts";
import { frozenLogProbs } from "../training/reference.ts";
import { responseOnly } from "../training/score.ts";
import { referenceSession, type ModelSource as Weights } from "../training/step-graph.ts";
import type { Trajectory } from "../training/trajectories.ts";
import { runHasValueFunction, ValueScorer } from "./value-scorer.ts";

/** Padded tokens scored at once. */
const SHAPE = { method: "sft", microTokens: 2048, sharePrompts: true } as const;

/** What a model says of each token of a response. */
export interface ResponseScores {
	/** Null without a value function. */
	readonly values: Float32Array | null;
	readonly logProbs: Float32Array;
	/** Of the model that the run began from; null for a model that is no run. */
	readonly referenceLogProbs: Float32Array | null;
}

/** A model, or a checkpoint of a run, that answers and scores answers. What that needs is loaded when it is first asked for. */
export class OpenModel {
	readonly policy: OpenedPolicy;
	readonly tokenizer: Tokenizer;
	/** Step of the checkpoint; null for a model. */
	readonly step: number | null;
	/** The run's own template; null for a model. */
	readonly template: string | null;
	readonly hasValues: boolean;
	private readonly dir: string;
	private readonly threads: number;
	private readonly releases: (() => Promise<void>)[] = [];
	private readonly loaded = new Map<string, Promise<unknown>>();

	private constructor(
		dir: string,
		threads: number,
		policy: OpenedPolicy,
		tokenizer: Tokenizer,
		run: { step: number; template: string } | null,
	) {
		this.dir = dir;
		this.threads = threads;
		this.policy = policy;
		this.tokenizer = tokenizer;
		this.step = run?.step ?? null;
		this.template = run?.template ?? null;
		this.hasValues = runHasValueFunction(dir);
	}

	/** Throws `run-missing`, `file-missing`, and what reading the files throws. */
	static async open({ dir, checkpoint }: ModelSource, threads: number): Promise<OpenModel> {
		const ran = isRun(dir) ? await openRunPolicy(dir, checkpoint) : null;
		const policy = ran ?? (await openPolicy(dir));
		const tokenizer = await loadTokenizer(policy.modelDir);
		const run = ran && {
			step: ran.step,
			template: RunStore.open(dirname(dir), basename(dir)).readConfig().template,
		};
		return new OpenModel(dir, threads, policy, tokenizer, run);
	}

	/** Opens a model for `use` and gives back what it held however that ends. */
	static async with<T>(
		source: ModelSource,
		threads: number,
		use: (model: OpenModel) => Promise<T>,
	): Promise<T> {
		const model = await OpenModel.open(source, threads);
		try {
			return await use(model);
		} finally {
			await model.release();
		}
	}

	sampler(): Promise<Sampler> {
		return this.once("sampler", () => Sampler.create({ ...this.policy, session: { threads: this.threads } }));
	}

	/** The value function; only where `hasValues`. */
	valueScorer(): Promise<ValueScorer> {
		return this.once("values", async () => {
			const scorer = await ValueScorer.open(this.dir, this.threads);
			await scorer.load(this.step as number);
			return scorer;
		});
	}

	/** Scores responses to one prompt, tokens both. */
	async score(
		prompt: readonly number[],
		responses: readonly (readonly number[])[],
	): Promise<ResponseScores[]> {
		const trajectories = responses.map((response, row) => responseOnly(row, prompt, response));
		if (this.hasValues) {
			const scores = await (await this.valueScorer()).scoreNew(trajectories);
			return trajectories.map((trajectory) => scores.get(trajectory) as ResponseScores);
		}
		const own = await this.frozen("policy", async () => this.policy, trajectories);
		const base =
			this.step === null
				? null
				: await this.frozen(
						"base",
						() => loadModelFolder(this.policy.startedFrom ?? this.policy.modelDir),
						trajectories,
					);
		return trajectories.map((trajectory) => ({
			values: null,
			logProbs: own.get(trajectory) as Float32Array,
			referenceLogProbs: base?.get(trajectory) ?? null,
		}));
	}

	async release(): Promise<void> {
		for (const release of this.releases.splice(0)) await release();
	}

	private async frozen(
		name: "policy" | "base",
		weights: () => Promise<Weights>,
		trajectories: readonly Trajectory[],
	): Promise<Map<Trajectory, Float32Array>> {
		const session = await this.once(
			name,
			async (): Promise<GraphSession> => referenceSession(await weights(), SHAPE, { threads: this.threads }),
		);
		const found = new Map<Trajectory, Float32Array>();
		const { vocabSize } = this.policy.config;
		await frozenLogProbs(
			session,
			trajectories,
			{ ...SHAPE, vocabSize },
			async () => {},
			(trajectory, logp) => found.set(trajectory, logp.slice()),
		);
		return found;
	}

	/** Loads a part once; one that failed to load is tried again when it is asked for again. */
	private once<T extends { release(): Promise<void> }>(name: string, load: () => Promise<T>): Promise<T> {
		const known = this.loaded.get(name) as Promise<T> | undefined;
		if (known) return known;
		const loading = load();
		this.loaded.set(name, loading);
		loading.then(
			(part) => this.releases.push(() => part.release()),
			() => this.loaded.delete(name),
		);
		return loading;
	}
}
