import { AppError } from "../contract/errors.ts";
import type { Precision } from "../contract/run.ts";
import type { DecoderConfig } from "../models/config.ts";
import type { Tensors } from "../models/network.ts";
import { backendFor } from "../runtime/backends.ts";
import { deviceInUse, loopsOnDevice } from "../runtime/device.ts";
import { GraphSession, type SessionOptions, type Traffic } from "../runtime/session.ts";
import { Batch } from "./batch.ts";
import { Caches } from "./caches.ts";
import { decodeGraph } from "./decode-graph.ts";
import { DeviceStore } from "./device-store.ts";
import { hostStore } from "./host-store.ts";
import { type Budget, planBatches } from "./plan.ts";
import { allCacheNames, prefillGraph } from "./prefill-graph.ts";
import type { Generated, GenerateOptions } from "./types.ts";

export interface SamplerOptions {
	readonly config: DecoderConfig;
	/** Weights by Hugging Face name, adapters already merged in. */
	readonly tensors: Tensors;
	/** How the model is held and multiplied; f32 unless given. */
	readonly precision?: Precision;
	readonly session?: SessionOptions;
	readonly budget?: Partial<Budget>;
	/** Tokens a row draws in one run of the graph at most; progress and stops come between runs. */
	readonly tokensPerRun?: number;
	/** What suits the device unless given. */
	readonly decoding?: Decoding;
}

/** How tokens are drawn; what is drawn does not depend on it. */
export interface Decoding {
	/** Whether caches stay on the device between runs, or go in and out with each. */
	readonly resident: boolean;
	/** Whether a run draws one token, or as many as are to be drawn between two closings up. */
	readonly stepped: boolean;
}

/** Single steps pay where a Loop's state would leave the device and the caches do not. */
function decodingOn({ device = deviceInUse(), backend = backendFor(device) }: SessionOptions): Decoding {
	const resident = backend.keepsResident(device);
	return { resident, stepped: resident && !loopsOnDevice(device) };
}

const DEFAULT_BUDGET: Budget = { rows: 512, bytes: 1 << 30 };
/** On a device a closing up costs a run for every cache, and the rows that ended meanwhile little. */
const TOKENS_PER_RUN = { host: 16, resident: 32 };

/** Draws responses from a frozen model: two sessions, made once, serve prompts of any number and length. */
export class Sampler {
	readonly config: DecoderConfig;
	private readonly prefill: GraphSession;
	private readonly decode: GraphSession;
	/** null keeps caches in the computer's memory. */
	private readonly store: DeviceStore | null;
	private readonly stepped: boolean;
	private readonly budget: Budget;
	private readonly tokensPerRun: number;
	private readonly weights: number;

	private constructor(
		options: SamplerOptions,
		stepped: boolean,
		sessions: { prefill: GraphSession; decode: GraphSession; store: DeviceStore | null },
	) {
		this.config = options.config;
		this.prefill = sessions.prefill;
		this.decode = sessions.decode;
		this.store = sessions.store;
		this.stepped = stepped;
		this.budget = { ...DEFAULT_BUDGET, ...options.budget };
		this.tokensPerRun = options.tokensPerRun ?? TOKENS_PER_RUN[this.store ? "resident" : "host"];
		this.weights = [...options.tensors.values()].reduce((sum, { shape }) => sum + numel(shape), 0);
	}

	/** Loads the model's weights into two sessions. Throws `graph-invalid` or `out-of-memory`. */
	static async create(options: SamplerOptions): Promise<Sampler> {
		const { config, tensors, precision, session = {} } = options;
		const { resident, stepped } = options.decoding ?? decodingOn(session);
		const keeping = (block: string) =>
			resident ? { ...session, resident: allCacheNames(block, config) } : session;
		const prefill = await GraphSession.create(prefillGraph(config, tensors, precision), keeping("prefix"));
		const graph = decodeGraph(config, tensors, { stepped, precision });
		const decode = await GraphSession.create(graph, keeping("recent"));
		const store = resident ? await DeviceStore.create(session) : null;
		return new Sampler(options, stepped, { prefill, decode, store });
	}

	/** What all runs so far were handed and gave back. */
	get traffic(): Traffic {
		const all = [this.prefill.traffic, this.decode.traffic, ...(this.store?.traffic ?? [])];
		return {
			inBytes: all.reduce((sum, { inBytes }) => sum + inBytes, 0),
			outBytes: all.reduce((sum, { outBytes }) => sum + outBytes, 0),
		};
	}

	/**
	 * Draws `n` responses for each prompt (token ids); gives a prompt's responses together, in the order prompts are done. Equal
	 * seeds draw equal responses whatever the batches. Throws `data-invalid` for a prompt that is empty or too long.
	 */
	async *generate(
		prompts: readonly (readonly number[])[],
		options: GenerateOptions,
	): AsyncGenerator<Generated[]> {
		const { maxPosition } = this.config;
		for (const [i, prompt] of prompts.entries())
			if (prompt.length === 0 || prompt.length > maxPosition) throw badPrompt(i, prompt.length, maxPosition);
		const { n } = options;
		const lengths = prompts.map((prompt) => prompt.length);
		const batches = planBatches(lengths, n, options.maxNewTokens, this.config, this.budget);
		const done = new Map<number, Generated[]>();
		let finishedTokens = 0;
		let finishedResponses = 0;
		for (const units of batches) {
			if (options.isDone && units.every(({ promptIndex }) => options.isDone?.(promptIndex))) {
				finishedResponses += units.reduce((sum, { count }) => sum + count, 0);
				continue;
			}
			const caches = new Caches(this.store ?? hostStore, this.config, this.stepped);
			const { config, weights, stepped } = this;
			const batch = new Batch({ config, weights, stepped, caches }, units, prompts, options);
			try {
				await batch.prefill(this.prefill);
				let tokensPerRun = Math.min(this.tokensPerRun, options.firstRunTokens ?? this.tokensPerRun);
				while (batch.running) {
					if (options.shouldStop?.()) return;
					const ended = await batch.advance(this.decode, tokensPerRun);
					tokensPerRun = this.tokensPerRun;
					for (const response of ended) {
						finishedResponses++;
						finishedTokens += response.tokens.length;
						const siblings = done.get(response.promptIndex) ?? [];
						siblings.push(response);
						done.set(response.promptIndex, siblings);
						if (siblings.length === n) {
							done.delete(response.promptIndex);
							yield siblings.sort((a, b) => a.sampleIndex - b.sampleIndex);
						}
					}
					await options.onProgress?.({
						responsesDone: finishedResponses,
						responsesTotal: prompts.length * n,
						tokens: finishedTokens + batch.tokensInFlight,
					});
				}
			} finally {
				caches.release();
			}
		}
	}

	/** Draws responses for all prompts and gives them in the prompts' order; a stop leaves the rest empty. */
	async generateAll(
		prompts: readonly (readonly number[])[],
		options: GenerateOptions,
	): Promise<Generated[][]> {
		const all: Generated[][] = prompts.map(() => []);
		for await (const responses of this.generate(prompts, options)) {
			const promptIndex = responses[0]?.promptIndex;
			if (promptIndex !== undefined) all[promptIndex] = responses;
		}
		return all;
	}

	async release(): Promise<void> {
		await this.prefill.release();
		await this.decode.release();
		await this.store?.release();
	}
}

const numel = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

function badPrompt(index: number, length: number, limit: number): AppError {
	return new AppError({
		code: "data-invalid",
		message:
			length === 0
				? `Prompt ${index + 1} is empty.`
				: `Prompt ${index + 1} has ${length} tokens; the model can read ${limit}.`,
		hint: length === 0 ? "Give every prompt at least one token." : "Shorten the prompt or leave its row out.",
	});
}
