import type { DecoderConfig } from "../models/config.ts";
import type { GraphSession } from "../runtime/session.ts";
import { type Feed, type HostTensor, isResident, type ResidentTensor } from "../runtime/tensors.ts";
import type { CacheStore } from "./cache-store.ts";
import { leadOf } from "./decode-graph.ts";
import { allCacheNames } from "./prefill-graph.ts";

/**
 * Keys and values of a batch of prompts and their rows, as `decodeGraph` reads them, a tensor for each part of each layer.
 * Whatever of them is on a device is let go as soon as nothing reads it any more, and by `release`.
 */
export class Caches {
	private readonly store: CacheStore;
	private readonly config: DecoderConfig;
	private readonly stepped: boolean;
	private prefix: Feed[] = [];
	private past: Feed[] = [];
	/** Of the tokens since the past ends. */
	private recent: Feed[] = [];
	private readonly held = new Set<ResidentTensor>();

	/** `stepped` as of the decode graph. */
	constructor(store: CacheStore, config: DecoderConfig, stepped: boolean) {
		this.store = store;
		this.config = config;
		this.stepped = stepped;
	}

	/** Tokens since the past ends. */
	get recentLength(): number {
		return this.recent[0]?.shape[1] ?? 0;
	}

	/** Reads prompts into the prefix, `perRun` of them at a time, for `slots` rows each to continue. */
	async prefill(
		session: GraphSession,
		prompts: readonly (readonly number[])[],
		perRun: number,
		slots: number,
	): Promise<void> {
		// An axis of at least one keeps every block of the attention non-empty; padding is masked.
		const widthOf = (some: typeof prompts) => some.reduce((most, { length }) => Math.max(most, length), 1);
		const runs: Feed[][] = [];
		for (let first = 0; first < prompts.length; first += perRun) {
			const some = prompts.slice(first, first + perRun);
			const width = widthOf(some);
			const data = new BigInt64Array(some.length * width);
			for (const [i, prompt] of some.entries())
				for (const [t, token] of prompt.entries()) data[i * width + t] = BigInt(token);
			const results = await session.runResident({ input_ids: { shape: [some.length, width], data } });
			runs.push(this.taken(results, "prefix"));
		}
		const { kvHeads, headDim } = this.config;
		const sequences = prompts.length * kvHeads * slots;
		const lead = leadOf(this.stepped);
		const blank = { shape: [1, lead, headDim], data: new Float32Array(lead * headDim) };
		for (const i of this.names("prefix").keys()) {
			const parts = runs.map((run) => run.shift() as Feed);
			this.prefix[i] = this.keep(await this.store.join(parts, widthOf(prompts)));
			for (const part of parts) if (part !== this.prefix[i]) this.drop(part);
			this.past[i] =
				lead === 0
					? this.empty(sequences)
					: this.keep(await this.store.select(blank, Array<number>(sequences).fill(0)));
		}
		this.begin(sequences);
	}

	/** Runs the decode graph; gives what it drew and keeps what it added to the caches. */
	async decode(
		session: GraphSession,
		feeds: Readonly<Record<string, Feed>>,
	): Promise<Readonly<Record<string, HostTensor>>> {
		const results = await session.runResident({
			...feeds,
			...this.named("prefix", this.prefix),
			...this.named("past", this.past),
			...(this.stepped ? this.named("before", this.recent) : {}),
		});
		const before = this.recent;
		this.recent = this.taken(results, "recent");
		for (const cache of before) this.drop(cache);
		return results.host;
	}

	/**
	 * Adds the recent tokens to the past and leaves out the sequences that ended: `moves[to]` is the number of the sequence
	 * that goes there, `prefixMoves` the same of the prompts, null where all stay.
	 */
	async closeUp(moves: readonly number[], prefixMoves: readonly number[] | null): Promise<void> {
		for (const [i, past] of this.past.entries()) {
			const recent = this.recent[i] as Feed;
			this.past[i] = this.keep(await this.store.repack(past, recent, moves));
			this.drop(past);
			this.drop(recent);
			if (prefixMoves === null) continue;
			const prefix = this.prefix[i] as Feed;
			this.prefix[i] = this.keep(await this.store.select(prefix, prefixMoves));
			this.drop(prefix);
		}
		this.begin(moves.length);
	}

	/** Lets everything go. */
	release(): void {
		for (const cache of this.held) cache.release();
		this.held.clear();
		this.prefix = [];
		this.past = [];
		this.recent = [];
	}

	private begin(sequences: number): void {
		this.recent = this.names("recent").map(() => this.empty(sequences));
	}

	/** Nothing, which need not be on a device. */
	private empty(sequences: number): HostTensor {
		return { shape: [sequences, 0, this.config.headDim], data: new Float32Array(0) };
	}

	private names(block: string): string[] {
		return allCacheNames(block, this.config);
	}

	private named(block: string, caches: readonly Feed[]): Record<string, Feed> {
		return Object.fromEntries(this.names(block).map((name, i) => [name, caches[i] as Feed]));
	}

	private taken({ host, resident }: Awaited<ReturnType<GraphSession["runResident"]>>, block: string): Feed[] {
		return this.names(block).map((name) => this.keep((resident[name] ?? host[name]) as Feed));
	}

	private keep(cache: Feed): Feed {
		if (isResident(cache)) this.held.add(cache);
		return cache;
	}

	private drop(cache: Feed): void {
		if (isResident(cache) && this.held.delete(cache)) cache.release();
	}
}
