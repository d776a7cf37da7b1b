import { Graph } from "../graph/graph.ts";
import { at, concat, expand, reshape } from "../graph/ops/index.ts";
import { GraphSession, type SessionOptions, type Traffic } from "../runtime/session.ts";
import type { Feed, HostTensor } from "../runtime/tensors.ts";
import type { CacheStore } from "./cache-store.ts";

const OUTPUT = "cache";

/** Caches on the device. Graphs of a few copying ops change them there, one cache a run, so that little is held twice. */
export class DeviceStore implements CacheStore {
	private readonly options: SessionOptions;
	private readonly packer: GraphSession;
	private readonly selector: GraphSession;
	/** Its graph is made for the shapes it joins, which all caches of a batch have in common. */
	private joiner: { shapes: string; session: GraphSession } | null = null;

	private constructor(options: SessionOptions, packer: GraphSession, selector: GraphSession) {
		this.options = options;
		this.packer = packer;
		this.selector = selector;
	}

	static async create(session: SessionOptions): Promise<DeviceStore> {
		const options = { ...session, resident: [OUTPUT] };
		const packer = await GraphSession.create(repackGraph(), options);
		return new DeviceStore(options, packer, await GraphSession.create(selectGraph(), options));
	}

	/** Of what it ran: the numbers of the sequences. */
	get traffic(): readonly Traffic[] {
		return [this.packer.traffic, this.selector.traffic];
	}

	async join(parts: readonly Feed[], length: number): Promise<Feed> {
		const [first] = parts as readonly [Feed];
		if (parts.length === 1 && first.shape[1] === length) return first;
		const shapes = JSON.stringify([length, ...parts.map(({ shape }) => shape)]);
		if (this.joiner?.shapes !== shapes) {
			await this.joiner?.session.release();
			this.joiner = null;
			this.joiner = { shapes, session: await GraphSession.create(joinGraph(parts, length), this.options) };
		}
		return cacheOf(this.joiner.session, Object.fromEntries(parts.map((part, i) => [`part${i}`, part])));
	}

	repack(past: Feed, recent: Feed, moves: readonly number[]): Promise<Feed> {
		return cacheOf(this.packer, { past, recent, moves: numbers(moves) });
	}

	select(cache: Feed, chosen: readonly number[]): Promise<Feed> {
		return cacheOf(this.selector, { from: cache, chosen: numbers(chosen) });
	}

	async release(): Promise<void> {
		for (const session of [this.packer, this.selector, this.joiner?.session]) await session?.release();
	}
}

async function cacheOf(session: GraphSession, feeds: Readonly<Record<string, Feed>>): Promise<Feed> {
	const { resident } = await session.runResident(feeds);
	return resident[OUTPUT] as Feed;
}

const numbers = (list: readonly number[]): HostTensor => ({
	shape: [list.length],
	data: BigInt64Array.from(list, BigInt),
});

function repackGraph(): Graph {
	const graph = new Graph();
	const moves = graph.input("moves", "i64", ["M"]);
	const [past, recent] = [
		graph.input("past", "f32", ["N", "S", "D"]),
		graph.input("recent", "f32", ["N", "R", "D"]),
	];
	graph.output(OUTPUT, concat([at(past, moves), at(recent, moves)], 1));
	return graph;
}

function selectGraph(): Graph {
	const graph = new Graph();
	const from = graph.input("from", "f32", ["N", "S", "D"]);
	graph.output(OUTPUT, at(from, graph.input("chosen", "i64", ["M"])));
	return graph;
}

function joinGraph(parts: readonly Feed[], length: number): Graph {
	const graph = new Graph();
	const padded = parts.map(({ shape }, i) => {
		const [batch, width, size] = shape as [number, number, number];
		const part = graph.input(`part${i}`, "f32", shape);
		if (width === length) return part;
		const padding = expand(reshape(graph.scalar(0), [1, 1, 1]), [batch, length - width, size]);
		return concat([part, padding], 1);
	});
	graph.output(OUTPUT, concat(padded, 0));
	return graph;
}
