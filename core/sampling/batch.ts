import type { DecoderConfig } from "../models/config.ts";
import type { GraphSession } from "../runtime/session.ts";
import type { HostTensor } from "../runtime/tensors.ts";
import type { Caches } from "./caches.ts";
import { writeGumbel } from "./noise.ts";
import type { Unit } from "./plan.ts";
import type { Generated, GenerateOptions } from "./types.ts";

interface Row {
	readonly promptIndex: number;
	readonly sampleIndex: number;
	/** Tokens this row may have: fewer than asked where the model's positions end. */
	readonly limit: number;
	readonly tokens: number[];
	readonly logProbs: number[];
	done: boolean;
}

interface Group {
	readonly prompt: readonly number[];
	/** Rows still running, in slot order. */
	rows: Row[];
}

/** Tokens read into the cache in one run at most; bounds the memory of the attention scores. */
const PREFILL_TOKENS = 4096;
/**
 * Work of one run at most, in weights times tokens: seconds on a few cores. A run cannot be interrupted, so large models
 * take fewer tokens at a time. An estimate and no clock, so that the same call always computes the same.
 */
const RUN_WORK = 5e10;
/** Noise made for one run at most, in values. */
const NOISE_VALUES = 1 << 24;

/** How a batch computes. */
export interface BatchMeans {
	readonly config: DecoderConfig;
	/** How many numbers the model has. */
	readonly weights: number;
	readonly caches: Caches;
	/** Whether a run of the decode graph draws one token. */
	readonly stepped: boolean;
}

/**
 * Prompts whose responses are drawn together: P groups of up to K rows. Every few tokens the rows that ended are taken
 * out and the caches closed up, so that nobody waits for the longest.
 */
export class Batch {
	private readonly means: BatchMeans;
	private readonly options: GenerateOptions;
	private readonly eosIds: ReadonlySet<number>;
	private groups: Group[];
	private step = 0;

	constructor(
		means: BatchMeans,
		units: readonly Unit[],
		prompts: readonly (readonly number[])[],
		options: GenerateOptions,
	) {
		this.means = means;
		this.options = options;
		this.eosIds = new Set(options.eosIds);
		this.groups = units.map(({ promptIndex, first, count }) => {
			const prompt = prompts[promptIndex] as readonly number[];
			const limit = Math.min(options.maxNewTokens, means.config.maxPosition - prompt.length + 1);
			const rows = Array.from({ length: count }, (_, i) => ({
				promptIndex,
				sampleIndex: first + i,
				limit,
				tokens: [],
				logProbs: [],
				done: false,
			}));
			return { prompt, rows };
		});
	}

	get running(): boolean {
		return this.runningRows.length > 0;
	}

	get tokensInFlight(): number {
		return this.runningRows.reduce((sum, { tokens }) => sum + tokens.length, 0);
	}

	private get runningRows(): Row[] {
		return this.groups.flatMap(({ rows }) => rows.filter(({ done }) => !done));
	}

	/** Rows a group, the idle ones of short groups included. */
	private get slots(): number {
		return Math.max(...this.groups.map(({ rows }) => rows.length));
	}

	/** Reads every prompt but its last token into the cache. */
	async prefill(session: GraphSession): Promise<void> {
		const prompts = this.groups.map(({ prompt }) => prompt.slice(0, -1));
		const length = Math.max(1, ...prompts.map((prompt) => prompt.length));
		const tokens = Math.min(PREFILL_TOKENS, RUN_WORK / this.means.weights);
		const perRun = Math.max(1, Math.floor(tokens / length));
		await this.means.caches.prefill(session, prompts, perRun, this.slots);
	}

	/**
	 * Draws up to `tokensPerRun` tokens for every row and gives the responses that ended. A stepped graph draws one, and the
	 * caches are closed up after so many.
	 */
	async advance(session: GraphSession, tokensPerRun: number): Promise<Generated[]> {
		const { caches, stepped } = this.means;
		const slots = this.slots;
		const rows = this.groups.length * slots;
		const ranks = this.ranks;
		const steps = stepped ? 1 : this.stepsOf(rows, tokensPerRun, ranks);
		const results = await caches.decode(session, this.feeds(slots, steps, ranks));
		const chosen = results.chosen?.data as BigInt64Array;
		const logProbs = results.log_probs?.data as Float32Array;
		const ended: Generated[] = [];
		for (const [p, group] of this.groups.entries()) {
			for (const [k, row] of group.rows.entries()) {
				if (row.done) continue;
				const before = row.tokens.length;
				for (let c = 0; c < steps && !row.done; c++) {
					const at = c * rows + p * slots + k;
					this.append(row, Number(chosen[at]), logProbs[at] as number);
				}
				this.options.onTokens?.(row, row.tokens.slice(before));
				if (row.done) ended.push(response(row, this.eosIds));
			}
		}
		this.step += steps;
		if (!this.running) caches.release();
		else if (!stepped || caches.recentLength >= tokensPerRun) await this.closeUp(slots);
		return ended;
	}

	private stepsOf(rows: number, tokensPerRun: number, ranks: number): number {
		const left = Math.max(...this.runningRows.map((row) => row.limit - row.tokens.length));
		const affordable = Math.min(RUN_WORK / (this.means.weights * rows), NOISE_VALUES / (rows * ranks));
		return Math.max(1, Math.min(left, tokensPerRun, Math.floor(affordable)));
	}

	private append(row: Row, token: number, logProb: number): void {
		row.tokens.push(token);
		row.logProbs.push(logProb);
		row.done = this.eosIds.has(token) || row.tokens.length === row.limit;
	}

	/** Tokens that may be drawn at each step. */
	private get ranks(): number {
		const { greedy, topK } = this.options;
		const { vocabSize } = this.means.config;
		if (greedy) return 1;
		return topK === 0 ? vocabSize : Math.min(topK, vocabSize);
	}

	private feeds(slots: number, steps: number, ranks: number): Record<string, HostTensor> {
		const { greedy, temperature, threshold, topP, seed, streams } = this.options;
		const count = this.groups.length;
		const tokens = new BigInt64Array(count * slots);
		const noise = new Float32Array(steps * count * slots * ranks);
		for (const [p, { prompt, rows }] of this.groups.entries()) {
			for (const [k, row] of rows.entries()) {
				const at = p * slots + k;
				tokens[at] = BigInt(row.tokens.at(-1) ?? (prompt.at(-1) as number));
				if (greedy || row.done) continue;
				for (let c = 0; c < steps; c++) {
					writeGumbel(noise, (c * count * slots + at) * ranks, ranks, {
						seed,
						prompt: streams?.[row.promptIndex] ?? row.promptIndex,
						sample: row.sampleIndex,
						step: this.step + c,
					});
				}
			}
		}
		const scalar = (x: number): HostTensor => ({ shape: [], data: Float32Array.of(x) });
		return {
			tokens: { shape: [count, slots], data: tokens },
			prefix_lengths: {
				shape: [count],
				data: BigInt64Array.from(this.groups, ({ prompt }) => BigInt(prompt.length - 1)),
			},
			noise: { shape: [steps, count * slots, ranks], data: noise },
			temperature: scalar(greedy ? 1 : temperature),
			threshold: scalar(greedy ? 0 : threshold),
			// Rounding could let a running sum reach 1 early; 2 it never reaches.
			top_p: scalar(greedy || topP === 1 ? 2 : topP),
		};
	}

	/** Takes out the rows that ended, then the prompts with none left, and makes the caches of the next run. */
	private closeUp(slots: number): Promise<void> {
		const { caches, config } = this.means;
		const kept = this.groups.flatMap(({ rows }, p) => {
			const running = rows.flatMap((row, k) => (row.done ? [] : [k]));
			return running.length === 0 ? [] : [{ p, running }];
		});
		const before = this.groups.length;
		this.groups = kept.map(({ p, running }) => {
			const { prompt, rows } = this.groups[p] as Group;
			return { prompt, rows: running.map((k) => rows[k] as Row) };
		});
		const nextSlots = this.slots;
		const moves: number[] = [];
		const prefixMoves: number[] = [];
		for (const { p, running } of kept) {
			for (let head = 0; head < config.kvHeads; head++) {
				const sequence = p * config.kvHeads + head;
				prefixMoves.push(sequence);
				// An idle slot takes any sequence of its own prompt.
				for (let k = 0; k < nextSlots; k++)
					moves.push(sequence * slots + (running[k] ?? (running[0] as number)));
			}
		}
		return caches.closeUp(moves, kept.length === before ? null : prefixMoves);
	}
}

function response(row: Row, eosIds: ReadonlySet<number>): Generated {
	return {
		promptIndex: row.promptIndex,
		sampleIndex: row.sampleIndex,
		tokens: row.tokens,
		logProbs: Float32Array.from(row.logProbs),
		finished: eosIds.has(row.tokens.at(-1) as number),
	};
}
