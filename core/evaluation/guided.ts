import type { GuidedDecoding, SamplingConfig } from "../contract/sampling.ts";
import type { Sampler } from "../sampling/sampler.ts";
import type { Generated } from "../sampling/types.ts";
import type { Tokenizer } from "../tokenizers/tokenizer.ts";

/** A whole or partial response to prompt number `promptIndex`. */
export type Beginning = Pick<Generated, "promptIndex" | "tokens" | "finished">;

/** V of the state that each one leads to; for a finished response, of its text before the end token. */
export type ScoreEnds = (beginnings: readonly Beginning[]) => Promise<number[]>;

export interface GuidedOptions {
	readonly sampler: Sampler;
	readonly scoreEnds: ScoreEnds;
	/** `n` and `greedy` are not used. */
	readonly sampling: SamplingConfig;
	readonly eosIds: readonly number[];
	/** Tokens that end a line. */
	readonly lineBreakIds: readonly number[];
	/** Called between runs with the prompts done. */
	readonly onProgress?: (done: number) => Promise<void>;
	readonly shouldStop?: () => boolean;
}

/** One response to each prompt, chosen by V; the same for the same seed. A stop leaves prompts out. */
export function generateGuided(
	prompts: readonly (readonly number[])[],
	decoding: GuidedDecoding,
	options: GuidedOptions,
): Promise<Generated[]> {
	return decoding.type === "beam"
		? beamSearch(prompts, decoding, options)
		: bestOfN(prompts, decoding.n, options);
}

/** Ids of the tokens whose text has a line break. */
export function lineBreakIds(tokenizer: Pick<Tokenizer, "vocabSize" | "decode">): number[] {
	const ids = Array.from({ length: tokenizer.vocabSize }, (_, id) => id);
	return ids.filter((id) => tokenizer.decode([id]).includes("\n"));
}

async function bestOfN(
	prompts: readonly (readonly number[])[],
	n: number,
	{ sampler, scoreEnds, sampling, eosIds, onProgress, shouldStop }: GuidedOptions,
): Promise<Generated[]> {
	const all = await sampler.generateAll(prompts, {
		...sampling,
		n,
		greedy: false,
		eosIds,
		...(shouldStop ? { shouldStop } : {}),
		onProgress: async ({ responsesDone }) => onProgress?.(Math.floor(responsesDone / n)),
	});
	const done = all.filter((responses) => responses.length > 0);
	const values = await scoreEnds(done.flat());
	let at = 0;
	return done.map((responses) => {
		const own = values.slice(at, at + responses.length);
		at += responses.length;
		return responses[indexOfLargest(own)] as Generated;
	});
}

/** A beginning of a response with its value; `ended` when nothing follows. */
interface Beam extends Generated {
	readonly ended: boolean;
	readonly value: number;
}

/** Search over lines: n continuations of each beam up to the next line break, the best `beams` by V go on. */
async function beamSearch(
	prompts: readonly (readonly number[])[],
	{ n, beams: width }: Extract<GuidedDecoding, { type: "beam" }>,
	options: GuidedOptions,
): Promise<Generated[]> {
	const { scoreEnds, onProgress, shouldStop } = options;
	let beams = prompts.map((_, promptIndex): Beam[] => [
		{
			promptIndex,
			sampleIndex: 0,
			tokens: [],
			logProbs: new Float32Array(0),
			finished: false,
			ended: false,
			value: 0,
		},
	]);
	const done = (own: readonly Beam[]) => own.every(({ ended }) => ended);
	for (let round = 0; !beams.every(done); round++) {
		await onProgress?.(beams.filter(done).length);
		if (shouldStop?.()) break;
		const open = beams.flat().filter(({ ended }) => !ended);
		const longer = await continuations(open, prompts, n, round, options);
		if (longer === null) break;
		const values = await scoreEnds(longer);
		const scored = longer.map((beam, i): Beam => ({ ...beam, value: values[i] as number }));
		beams = beams.map((own, promptIndex) =>
			[...own.filter(({ ended }) => ended), ...scored.filter((beam) => beam.promptIndex === promptIndex)]
				.sort((a, b) => b.value - a.value)
				.slice(0, width),
		);
	}
	await onProgress?.(beams.filter(done).length);
	return beams.filter(done).map(([best]) => best as Beam);
}

/** Up to n different next lines of each beam; null when a stop came in between. */
async function continuations(
	open: readonly Beam[],
	prompts: readonly (readonly number[])[],
	n: number,
	round: number,
	{ sampler, sampling, eosIds, lineBreakIds: breaks, shouldStop }: GuidedOptions,
): Promise<Omit<Beam, "value">[] | null> {
	const contexts = open.map((beam) => [...(prompts[beam.promptIndex] as readonly number[]), ...beam.tokens]);
	const left = open.map(({ tokens }) => sampling.maxNewTokens - tokens.length);
	const all = await sampler.generateAll(contexts, {
		...sampling,
		n,
		greedy: false,
		maxNewTokens: Math.max(...left),
		// Each round draws from a stream of its own.
		seed: sampling.seed + round * 2 ** 32,
		eosIds: [...eosIds, ...breaks],
		...(shouldStop ? { shouldStop } : {}),
	});
	if (all.some((drawn) => drawn.length === 0)) return null;
	const seen = new Set<string>();
	return open.flatMap((beam, i) =>
		(all[i] as Generated[]).flatMap((drawn) => {
			const next = drawn.tokens.slice(0, left[i]);
			const tokens = [...beam.tokens, ...next];
			const name = `${beam.promptIndex}:${tokens.join()}`;
			if (seen.has(name)) return [];
			seen.add(name);
			const finished = eosIds.includes(next.at(-1) as number);
			const context = (contexts[i] as number[]).length + next.length;
			// Like a plain sample, a response ends at its length limit or where the model's positions end.
			const cut = tokens.length >= sampling.maxNewTokens || context > sampler.config.maxPosition;
			const logProbs = Float32Array.of(...beam.logProbs, ...drawn.logProbs.slice(0, next.length));
			return [{ ...beam, tokens, logProbs, finished, ended: finished || cut }];
		}),
	);
}

function indexOfLargest(values: readonly number[]): number {
	return values.reduce((best, value, i) => (value > (values[best] as number) ? i : best), 0);
}
