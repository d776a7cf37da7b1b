import { toFailure } from "../contract/error-body.ts";
import { AppError } from "../contract/errors.ts";
import type { SessionContext } from "../contract/job.ts";
import type {
	PlaygroundAnswer,
	PlaygroundRequest,
	PlaygroundResult,
	PlaygroundSpec,
} from "../contract/playground.ts";
import { toTokenScores } from "../sampling/token-scores.ts";
import type { Generated, GenerateOptions } from "../sampling/types.ts";
import { TextStream } from "../tokenizers/text-stream.ts";
import { responseOnly } from "../training/score.ts";
import { type Beginning, generateGuided, lineBreakIds } from "./guided.ts";
import { checkLength, promptTokens, verdictOf } from "./inspect.ts";
import { OpenModel } from "./open-model.ts";

/** Tokens before the first words are sent, and between later ones. */
const FIRST_RUN_TOKENS = 4;

/** Thrown within a request that is wanted no more. */
class Cancelled extends Error {}

/**
 * Keeps models in memory and answers requests one after the other until it is stopped: the body of a `playground` job. What
 * goes wrong with a request is its reply, and the next one is answered all the same.
 */
export async function playgroundJob(
	spec: PlaygroundSpec,
	context: SessionContext,
): Promise<PlaygroundResult> {
	const started = performance.now();
	const playground = new Playground(spec, context);
	let requests = 0;
	try {
		for await (const request of context.requests()) {
			requests++;
			const { requestId } = request;
			try {
				await playground.answer(request);
			} catch (thrown) {
				if (thrown instanceof Cancelled) context.reply({ type: "cancelled", requestId });
				else context.reply({ type: "failed", requestId, failure: toFailure(thrown) });
			}
		}
	} finally {
		await playground.release();
	}
	return { reason: "stopped", requests, wallSeconds: (performance.now() - started) / 1000 };
}

class Playground {
	private readonly spec: PlaygroundSpec;
	private readonly context: SessionContext;
	private readonly models = new Map<number, OpenModel>();

	constructor(spec: PlaygroundSpec, context: SessionContext) {
		this.spec = spec;
		this.context = context;
	}

	async answer(request: PlaygroundRequest): Promise<void> {
		const { requestId } = request;
		await this.check(requestId);
		const model = await this.model(request.target, requestId);
		const readBy = await this.readerOf(request, model);
		const reader = await this.model(readBy, requestId);
		const prompt = promptTokens(request, model);
		const prefix =
			typeof request.prefix === "string" ? model.tokenizer.encode(request.prefix) : request.prefix;
		checkLength([...prompt, ...prefix], model);

		const started = performance.now();
		const context = [...prompt, ...prefix];
		const drawn = request.guided
			? await this.guided(request, model, reader, context)
			: await this.plain(request, model, context);
		const seconds = (performance.now() - started) / 1000;
		const tokens = drawn.reduce((sum, own) => sum + own.tokens.length, 0);
		const responses = drawn.map((own) => [...prefix, ...own.tokens]);
		await this.check(requestId);
		const answers = await this.scored(request, model, reader, prompt, responses, drawn);
		await this.check(requestId);
		const graded = answers.flatMap(({ verdict }) => (verdict ? [verdict.correct] : []));
		this.context.reply({
			...{ type: "final", requestId, answers, readBy, seconds },
			correct: graded.length === 0 ? null : graded.filter(Boolean).length,
			tokensPerSecond: seconds > 0 ? tokens / seconds : 0,
		});
	}

	/** Another model's tokens and log-probs mean nothing to a run's V. */
	private async readerOf(
		{ readers, target, requestId }: PlaygroundRequest,
		model: OpenModel,
	): Promise<number> {
		for (const place of readers) {
			try {
				const { policy, hasValues } = await this.model(place, requestId);
				if (hasValues && policy.baseHash === model.policy.baseHash) return place;
			} catch (error) {
				// A run that cannot be opened reads nothing; the answer to its own request says why.
				if (!(error instanceof AppError)) throw error;
			}
		}
		return target;
	}

	async release(): Promise<void> {
		for (const model of this.models.values()) await model.release();
		this.models.clear();
	}

	private async plain(
		request: PlaygroundRequest,
		model: OpenModel,
		context: readonly number[],
	): Promise<Generated[]> {
		const { requestId } = request;
		const { tokenizer } = model;
		const streams = Array.from({ length: request.sampling.n }, () => new TextStream(tokenizer));
		const send = (sample: number, text: string | null) => {
			if (text) this.context.reply({ type: "delta", requestId, sample, text });
		};
		const sampler = await model.sampler();
		const [drawn = []] = await sampler.generateAll([context], {
			...this.options(request, model),
			firstRunTokens: FIRST_RUN_TOKENS,
			onProgress: ({ responsesDone: done, responsesTotal: total }) => {
				this.context.reply({ type: "progress", requestId, done, total });
				return this.check(requestId);
			},
			onTokens: ({ sampleIndex }, tokens) => {
				const stream = streams[sampleIndex] as TextStream;
				send(sampleIndex, tokens.map((token) => stream.push(token)).join(""));
			},
		});
		for (const [sample, stream] of streams.entries()) send(sample, stream.end());
		return drawn;
	}

	private async guided(
		request: PlaygroundRequest,
		model: OpenModel,
		reader: OpenModel,
		context: readonly number[],
	): Promise<Generated[]> {
		const { guided, sampling } = request;
		if (!guided) throw new Error("the request is not guided");
		if (!reader.hasValues) throw noValueFunction();
		const scorer = await reader.valueScorer();
		const { eosIds, onProgress } = this.options(request, model);
		return generateGuided([context], guided, {
			sampler: await model.sampler(),
			scoreEnds: async (beginnings: readonly Beginning[]) => {
				await this.check(request.requestId);
				const read = beginnings.map(({ tokens, finished }, row) =>
					// V is read before a token, so an unfinished beginning gets a token more; which one does not matter.
					responseOnly(row, context, finished ? tokens : [...tokens, 0]),
				);
				const scores = await scorer.score(read);
				return read.map((trajectory) => scores.get(trajectory)?.values.at(-1) as number);
			},
			sampling,
			eosIds,
			lineBreakIds: guided.type === "beam" ? lineBreakIds(model.tokenizer) : [],
			onProgress: () => onProgress(),
		});
	}

	private async scored(
		request: PlaygroundRequest,
		model: OpenModel,
		reader: OpenModel,
		prompt: readonly number[],
		responses: readonly (readonly number[])[],
		drawn: readonly Generated[],
	): Promise<PlaygroundAnswer[]> {
		// A prefix may be of any origin, so log-probs are computed anew rather than taken from the sampler.
		const own = await model.score(prompt, responses);
		const read = reader === model ? own : await reader.score(prompt, responses);
		return responses.map((tokens, i) => {
			const response = model.tokenizer.decode(tokens);
			const verdict = verdictOf(response, request);
			const { logProbs, referenceLogProbs } = own[i] as (typeof own)[number];
			const scored = {
				...{ tokens, logProbs, values: read[i]?.values ?? null },
				// A model that began no run is its own reference beside a run that began from it.
				referenceLogProbs: referenceLogProbs ?? read[i]?.referenceLogProbs ?? null,
				reward: verdict === null ? null : Number(verdict.correct),
			};
			return {
				response,
				finished: drawn[i]?.finished ?? false,
				scores: toTokenScores(scored, request.task, model.tokenizer),
				verdict,
			};
		});
	}

	private options(
		{ requestId, sampling }: PlaygroundRequest,
		{ tokenizer }: OpenModel,
	): GenerateOptions & { onProgress: () => Promise<void> } {
		return { ...sampling, eosIds: tokenizer.eosIds, onProgress: () => this.check(requestId) };
	}

	/** Lets messages arrive, and ends a request that is wanted no more. */
	private async check(requestId: string): Promise<void> {
		await this.context.yieldToEventLoop();
		if (this.context.cancelled(requestId) || this.context.stopRequested()) throw new Cancelled();
	}

	private async model(place: number, requestId: string): Promise<OpenModel> {
		const known = this.models.get(place);
		if (known) return known;
		const source = this.spec.models[place];
		if (!source) throw noModel(place, this.spec.models.length);
		this.context.reply({ type: "loading", requestId });
		const model = await OpenModel.open(source, this.spec.threads);
		this.models.set(place, model);
		return model;
	}
}

function noModel(place: number, count: number): AppError {
	return new AppError({
		code: "usage",
		message: `There is no model ${place} in this playground of ${count}.`,
		hint: "Name one by its place in the list it was opened with, from 0.",
	});
}

function noValueFunction(): AppError {
	return new AppError({
		code: "config-invalid",
		message: "There is no value function to guide the answer.",
		hint: "Take a run of --method dqo or dro, or sample without guidance.",
	});
}
