import type { DecoderConfig } from "../models/config.ts";
import type { GraphSession } from "../runtime/session.ts";
import type { HostTensor } from "../runtime/tensors.ts";
import { cacheTensor, copySequence, repack, selectSequences } from "./cache.ts";
import { writeGumbel } from "./noise.ts";
import type { Unit } from "./plan.ts";
import { cacheNames } from "./prefill-graph.ts";
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

/**
 * Prompts whose responses are drawn together: P groups of up to K rows. After each run the rows that ended are taken
 * out and the caches closed up, so that nobody waits for the longest.
 */
export class Batch {
	private readonly config: DecoderConfig;
	private readonly options: GenerateOptions;
	private readonly eosIds: ReadonlySet<number>;
	private readonly weights: number;
	private groups: Group[];
	/** Caches by tensor name, see `decodeGraph`. */
	private prefix = new Map<string, HostTensor>();
	private past = new Map<string, HostTensor>();
	private step = 0;

	/** `weights` is how many numbers the model has. */
	constructor(
		config: DecoderConfig,
		weights: number,
		units: readonly Unit[],
		prompts: readonly (readonly number[])[],
		options: GenerateOptions,
	) {
		this.config = config;
		this.weights = weights;
		this.options = options;
		this.eosIds = new Set(options.eosIds);
		this.groups = units.map(({ promptIndex, first, count }) => {
			const prompt = prompts[promptIndex] as readonly number[];
			const limit = Math.min(options.maxNewTokens, config.maxPosition - prompt.length + 1);
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
		return this.groups.length > 0;
	}

	get tokensInFlight(): number {
		return this.groups.reduce((sum, { rows }) => sum + rows.reduce((s, row) => s + row.tokens.length, 0), 0);
	}

	/** Rows a group, the idle ones of short groups included. */
	private get slots(): number {
		return Math.max(...this.groups.map(({ rows }) => rows.length));
	}

	private get cacheTensors(): { layer: number; part: 0 | 1 }[] {
		return Array.from({ length: this.config.layers }, (_, layer) => [
			{ layer, part: 0 as const },
			{ layer, part: 1 as const },
		]).flat();
	}

	/** Reads every prompt but its last token into the cache. */
	async prefill(session: GraphSession): Promise<void> {
		const { kvHeads, headDim } = this.config;
		// An axis of at least one keeps every block of the attention non-empty; padding is masked.
		const length = Math.max(1, ...this.groups.map(({ prompt }) => prompt.length - 1));
		const names = this.cacheTensors.map(({ layer, part }) => cacheNames("prefix", layer)[part]);
		for (const name of names)
			this.prefix.set(name, cacheTensor(this.groups.length * kvHeads, length, headDim));
		const tokens = Math.min(PREFILL_TOKENS, RUN_WORK / this.weights);
		const perRun = Math.max(1, Math.floor(tokens / length));
		for (let first = 0; first < this.groups.length; first += perRun) {
			const groups = this.groups.slice(first, first + perRun);
			const width = Math.max(1, ...groups.map(({ prompt }) => prompt.length - 1));
			const data = new BigInt64Array(groups.length * width);
			for (const [i, { prompt }] of groups.entries()) {
				for (let t = 0; t < prompt.length - 1; t++) data[i * width + t] = BigInt(prompt[t] as number);
			}
			const results = await session.run({ input_ids: { shape: [groups.length, width], data } });
			for (const name of names) {
				for (let i = 0; i < groups.length * kvHeads; i++) {
					copySequence(
						results[name] as HostTensor,
						i,
						this.prefix.get(name) as HostTensor,
						first * kvHeads + i,
						0,
					);
				}
			}
		}
		for (const { layer, part } of this.cacheTensors) {
			const empty = cacheTensor(this.groups.length * kvHeads * this.slots, 0, headDim);
			this.past.set(cacheNames("past", layer)[part], empty);
		}
	}

	/** Draws up to `tokensPerRun` tokens for every row and gives the responses that ended. */
	async advance(session: GraphSession, tokensPerRun: number): Promise<Generated[]> {
		const slots = this.slots;
		const rows = this.groups.length * slots;
		const ranks = this.ranks;
		const left = Math.max(...this.groups.flatMap((g) => g.rows.map((row) => row.limit - row.tokens.length)));
		const affordable = Math.min(RUN_WORK / (this.weights * rows), NOISE_VALUES / (rows * ranks));
		const steps = Math.max(1, Math.min(left, tokensPerRun, Math.floor(affordable)));
		const results = await session.run(this.feeds(slots, steps, ranks));
		const chosen = results.chosen?.data as BigInt64Array;
		const logProbs = results.log_probs?.data as Float32Array;
		const ended: Generated[] = [];
		for (const [p, group] of this.groups.entries()) {
			for (const [k, row] of group.rows.entries()) {
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
		this.closeUp(slots, results);
		return ended;
	}

	private append(row: Row, token: number, logProb: number): void {
		row.tokens.push(token);
		row.logProbs.push(logProb);
		row.done = this.eosIds.has(token) || row.tokens.length === row.limit;
	}

	/** Tokens that may be drawn at each step. */
	private get ranks(): number {
		const { greedy, topK } = this.options;
		if (greedy) return 1;
		return topK === 0 ? this.config.vocabSize : Math.min(topK, this.config.vocabSize);
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
				if (greedy) continue;
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
			...Object.fromEntries(this.prefix),
			...Object.fromEntries(this.past),
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
	private closeUp(slots: number, results: Readonly<Record<string, HostTensor>>): void {
		const { kvHeads } = this.config;
		const kept = this.groups.flatMap(({ rows }, p) => {
			const running = rows.flatMap((row, k) => (row.done ? [] : [k]));
			return running.length === 0 ? [] : [{ p, running }];
		});
		const before = this.groups.length;
		this.groups = kept.map(({ p, running }) => {
			const { prompt, rows } = this.groups[p] as Group;
			return { prompt, rows: running.map((k) => rows[k] as Row) };
		});
		if (!this.running) {
			this.prefix.clear();
			this.past.clear();
			return;
		}
		const nextSlots = this.slots;
		const moves: number[] = [];
		const prefixMoves: number[] = [];
		for (const { p, running } of kept) {
			for (let head = 0; head < kvHeads; head++) {
				prefixMoves.push(p * kvHeads + head);
				// An idle slot takes any sequence of its own prompt.
				for (let k = 0; k < nextSlots; k++)
					moves.push((p * kvHeads + head) * slots + (running[k] ?? (running[0] as number)));
			}
		}
		for (const { layer, part } of this.cacheTensors) {
			const pastName = cacheNames("past", layer)[part];
			const recent = results[cacheNames("recent", layer)[part]] as HostTensor;
			this.past.set(pastName, repack(this.past.get(pastName) as HostTensor, recent, moves));
			const prefixName = cacheNames("prefix", layer)[part];
			if (kept.length === before) continue;
			this.prefix.set(prefixName, selectSequences(this.prefix.get(prefixName) as HostTensor, prefixMoves));
		}
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
