import { Graph } from "../../graph/graph.ts";
import type { DecoderConfig } from "../../models/config.ts";
import { decoder } from "../../models/decoder.ts";
import { logitsOf } from "../../models/head.ts";
import { plainLayout } from "../../models/layout.ts";
import { Network, type Tensors } from "../../models/network.ts";
import { GraphSession } from "../../runtime/session.ts";
import { writeGumbel } from "../noise.ts";
import type { GenerateOptions } from "../types.ts";

/** The plain way to read a model: the whole sequence again for each token, no cache, no loop, no batch. */
export class PlainModel {
	private readonly session: GraphSession;
	private readonly vocabSize: number;

	private constructor(session: GraphSession, vocabSize: number) {
		this.session = session;
		this.vocabSize = vocabSize;
	}

	static async create(config: DecoderConfig, tensors: Tensors): Promise<PlainModel> {
		const graph = new Graph();
		const network = new Network(graph, config, tensors, "plain", { type: "frozen" });
		graph.output("logits", logitsOf(network, decoder(network, plainLayout(graph))));
		return new PlainModel(await GraphSession.create(graph, { threads: 1 }), config.vocabSize);
	}

	/** Logits of the token that follows each position of the sequence. */
	async logits(sequence: readonly number[]): Promise<number[][]> {
		const data = BigInt64Array.from(sequence, BigInt);
		const { logits } = await this.session.run({ input_ids: { shape: [1, sequence.length], data } });
		const flat = logits?.data as Float32Array;
		return sequence.map((_, t) => Array.from(flat.subarray(t * this.vocabSize, (t + 1) * this.vocabSize)));
	}
}

/** log softmax in double precision. */
export function logSoftmax(logits: readonly number[]): number[] {
	const top = Math.max(...logits);
	const total = Math.log(logits.reduce((sum, x) => sum + Math.exp(x - top), 0)) + top;
	return logits.map((x) => x - total);
}

type Settings = Pick<GenerateOptions, "temperature" | "topK" | "threshold" | "topP">;

/** The tokens that may be drawn, most probable first, with their probabilities after truncation. */
export function truncate(
	logits: readonly number[],
	{ temperature, topK, threshold, topP }: Settings,
): { token: number; logit: number; probability: number }[] {
	const scaled = logits.map((logit, token) => ({ token, logit: logit / temperature }));
	scaled.sort((a, b) => b.logit - a.logit || a.token - b.token);
	const normalised = (list: typeof scaled) => {
		const logs = logSoftmax(list.map(({ logit }) => logit));
		return list.map((entry, i) => ({ ...entry, probability: Math.exp(logs[i] as number) }));
	};
	const top = normalised(scaled.slice(0, topK === 0 ? scaled.length : topK));
	const likely = normalised(top.filter(({ probability }, rank) => rank === 0 || probability >= threshold));
	let before = 0;
	const nucleus = likely.filter(({ probability }) => {
		const kept = topP === 1 || before < topP;
		before += probability;
		return kept;
	});
	return normalised(nucleus);
}

/** Draws one response token by token with the same noise as the sampler. */
export async function drawPlainly(
	model: PlainModel,
	prompt: readonly number[],
	promptIndex: number,
	sampleIndex: number,
	options: GenerateOptions,
): Promise<{ tokens: number[]; logProbs: number[] }> {
	const tokens: number[] = [];
	const logProbs: number[] = [];
	for (let step = 0; step < options.maxNewTokens; step++) {
		const logits = (await model.logits([...prompt, ...tokens])).at(-1) as number[];
		const noise = new Float32Array(logits.length);
		const at = { seed: options.seed, prompt: promptIndex, sample: sampleIndex, step };
		if (!options.greedy) writeGumbel(noise, 0, noise.length, at);
		const settings = options.greedy ? { temperature: 1, topK: 0, threshold: 0, topP: 1 } : options;
		let best = { token: -1, score: -Infinity };
		for (const [rank, { token, logit }] of truncate(logits, settings).entries()) {
			const score = logit + (noise[rank] as number);
			if (score > best.score) best = { token, score };
		}
		tokens.push(best.token);
		logProbs.push(logSoftmax(logits)[best.token] as number);
		if (options.eosIds.includes(best.token)) break;
	}
	return { tokens, logProbs };
}
