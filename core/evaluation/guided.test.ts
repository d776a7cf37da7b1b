import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluateResultSchema } from "../contract/jobs.ts";
import { PAPER_SAMPLING } from "../contract/sampling.ts";
import { PROMPT_TEMPLATES } from "../contract/task.ts";
import { loadModelFolder, type ModelWeights } from "../models/hf/load.ts";
import type { EncodedPrompt } from "../sampling/prompts.ts";
import { Sampler } from "../sampling/sampler.ts";
import { logSoftmax, PlainModel } from "../sampling/testing/reference.ts";
import { loadTokenizer, type Tokenizer } from "../tokenizers/tokenizer.ts";
import {
	jobConfig,
	type Ran,
	recordingContext,
	train,
	type Workplace,
	workplace,
} from "../training/testing/job.ts";
import { type Beginning, type GuidedOptions, generateGuided, lineBreakIds } from "./guided.ts";
import { evaluateJob } from "./job.ts";
import { scoreEnds, valuesOfAnswers } from "./score-responses.ts";
import { ValueScorer } from "./value-scorer.ts";

let place: Workplace;
let ran: Ran;
let model: ModelWeights;
let tokenizer: Tokenizer;
let sampler: Sampler;
let prompts: EncodedPrompt[];
let breaks: number[];
beforeAll(async () => {
	place = workplace();
	const quick = { valueLr: 1e-2, maxSteps: 4, valueWarmupEpochs: 1, task: null };
	ran = await train(place, "run", jobConfig(place, quick));
	model = await loadModelFolder(place.modelDir);
	tokenizer = await loadTokenizer(place.modelDir);
	sampler = await Sampler.create({ ...model, session: { threads: 1 } });
	breaks = lineBreakIds(tokenizer);
	prompts = ["Ben has 4 coins.", "How many coins does Ben have now?"].map((prompt, row) => ({
		...{ row, prompt, reference: null },
		tokens: tokenizer.renderPrompt(prompt),
	}));
});
afterAll(() => sampler.release());

/** A model that knows nothing hardly ever ends a line, so for these tests every fifth token ends one. */
const lineEnd = (id: number) => id % 5 === 0 && !tokenizer.eosIds.includes(id);

const SAMPLING = { ...PAPER_SAMPLING, topK: 0, topP: 1, threshold: 0, maxNewTokens: 40, seed: 5 };

/** Options whose calls of the scorer are recorded with what it said. */
function recorded(scorer: ValueScorer) {
	const rounds: { beginning: Beginning; value: number }[][] = [];
	const options: GuidedOptions = {
		sampler,
		sampling: SAMPLING,
		eosIds: tokenizer.eosIds,
		lineBreakIds: Array.from({ length: tokenizer.vocabSize }, (_, id) => id).filter(lineEnd),
		scoreEnds: async (beginnings) => {
			const values = await scoreEnds(scorer, prompts, beginnings);
			rounds.push(beginnings.map((beginning, i) => ({ beginning, value: values[i] as number })));
			return values;
		},
	};
	return { options, rounds };
}
const withScorer = <T>(use: (scorer: ValueScorer) => Promise<T>) =>
	ValueScorer.with(ran.runDir, 1, async (scorer) => {
		await scorer.load(scorer.select("last")[0]?.step ?? 0);
		return use(scorer);
	});
const tokensOf = () => prompts.map(({ tokens }) => tokens);

describe("lineBreakIds", () => {
	it("are all tokens with a line break and no other", () => {
		expect(breaks.length).toBeGreaterThan(0);
		for (const id of breaks) expect(tokenizer.decode([id])).toContain("\n");
		expect(tokenizer.encode("1+2=3\n").some((id) => breaks.includes(id))).toBe(true);
		expect(tokenizer.encode("1+2=3").some((id) => breaks.includes(id))).toBe(false);
	});
});

describe("scoreEnds", () => {
	it("reads V before the end token, and after the last token of what is unfinished", () =>
		withScorer(async (scorer) => {
			const text = [...tokenizer.encode("4+2=6\n#### 6")];
			const eos = tokenizer.eosIds[0] as number;
			const ends = await scoreEnds(scorer, prompts, [
				{ promptIndex: 0, tokens: text, finished: false },
				{ promptIndex: 0, tokens: [...text, eos], finished: true },
			]);
			expect(ends[0]).toBeCloseTo(ends[1] as number, 6);
			const [whole] = await valuesOfAnswers(scorer, prompts, [{ promptIndex: 0, tokens: [...text, eos] }]);
			expect(ends[0]).toBeCloseTo(whole?.at(-1) as number, 6);
			expect(Math.abs(ends[0] as number)).toBeGreaterThan(1e-3);
		}));
});

describe("best of n", () => {
	it("takes the sample with the highest V at its end", () =>
		withScorer(async (scorer) => {
			const { options } = recorded(scorer);
			const chosen = await generateGuided(tokensOf(), { type: "best-of-n", n: 6 }, options);
			const all = await sampler.generateAll(tokensOf(), { ...SAMPLING, n: 6, eosIds: tokenizer.eosIds });
			for (const [i, samples] of all.entries()) {
				const values = await scoreEnds(scorer, prompts, samples);
				expect(new Set(values).size).toBe(6);
				const best = samples[values.indexOf(Math.max(...values))];
				expect(chosen[i]?.tokens).toEqual(best?.tokens);
			}
		}));
});

describe("beam search", () => {
	const BEAM = { type: "beam", n: 3, beams: 2 } as const;

	it("goes on from the best lines alone and ends with the best whole response", () =>
		withScorer(async (scorer) => {
			const { options, rounds } = recorded(scorer);
			const chosen = await generateGuided(tokensOf(), BEAM, options);
			expect(rounds.length).toBeGreaterThan(1);
			const ended = ({ tokens, finished }: Beginning) => finished || tokens.length === SAMPLING.maxNewTokens;
			for (const [p, response] of chosen.entries()) {
				expect(response.promptIndex).toBe(p);
				let kept: { beginning: Beginning; value: number }[] = [
					{ beginning: { promptIndex: p, tokens: [], finished: false }, value: 0 },
				];
				for (const round of rounds) {
					const own = round.filter(({ beginning }) => beginning.promptIndex === p);
					const open = kept.filter(({ beginning }) => !ended(beginning));
					expect(own.length).toBeLessThanOrEqual(open.length * BEAM.n);
					for (const { beginning } of own) {
						const from = open.find(({ beginning: { tokens } }) =>
							tokens.every((id, i) => id === beginning.tokens[i]),
						);
						expect(from).toBeDefined();
						const added = beginning.tokens.slice(from?.beginning.tokens.length);
						expect(added.length).toBeGreaterThan(0);
						expect(added.slice(0, -1).some(lineEnd)).toBe(false);
						expect(ended(beginning) || lineEnd(added.at(-1) as number)).toBe(true);
					}
					kept = [...kept.filter(({ beginning }) => ended(beginning)), ...own]
						.sort((a, b) => b.value - a.value)
						.slice(0, BEAM.beams);
				}
				expect(kept.every(({ beginning }) => ended(beginning))).toBe(true);
				expect(response.tokens).toEqual(kept[0]?.beginning.tokens);
			}
			const again = await generateGuided(tokensOf(), BEAM, options);
			expect(again.map(({ tokens }) => tokens)).toEqual(chosen.map(({ tokens }) => tokens));
		}));

	it("carries the log-probs of the whole response", () =>
		withScorer(async (scorer) => {
			const { options } = recorded(scorer);
			const [response] = await generateGuided(tokensOf(), BEAM, options);
			const plain = await PlainModel.create(model.config, model.tensors);
			const prompt = tokensOf()[0] as number[];
			const tokens = response?.tokens ?? [];
			const logits = await plain.logits([...prompt, ...tokens]);
			expect(response?.logProbs).toHaveLength(tokens.length);
			for (const [h, token] of tokens.entries()) {
				const expected = logSoftmax(logits[prompt.length - 1 + h] as number[])[token] as number;
				expect(Math.abs((response?.logProbs[h] as number) - expected)).toBeLessThan(1e-4);
			}
		}));

	it("leaves out what a stop broke off", () =>
		withScorer(async (scorer) => {
			const { options } = recorded(scorer);
			expect(await generateGuided(tokensOf(), BEAM, { ...options, shouldStop: () => true })).toEqual([]);
		}));
});

describe("evaluateJob with a value function", () => {
	it("grades what V chose and records V of every greedy token", async () => {
		const dataPath = join(place.root, "problems.jsonl");
		const problems = [1, 2, 3].map((i) => ({ question: `Ben has ${i} coins.`, answer: `#### ${i}` }));
		writeFileSync(dataPath, problems.map((row) => `${JSON.stringify(row)}\n`).join(""));
		const outPath = join(place.root, "records.jsonl");
		const result = await evaluateJob(
			{
				kind: "evaluate",
				modelDir: ran.runDir,
				dataPath,
				task: "gsm8k",
				template: PROMPT_TEMPLATES.plain,
				sampling: SAMPLING,
				sampledSeeds: 1,
				guided: { type: "best-of-n", n: 4 },
				maxPromptTokens: 64,
				outPath,
				limit: null,
				threads: 1,
				eventsPath: null,
			},
			recordingContext(),
		);
		expect(evaluateResultSchema.parse(result)).toMatchObject({
			reason: "completed",
			guided: { decoding: { type: "best-of-n", n: 4 }, n: 3 },
		});
		const records = readFileSync(outPath, "utf8")
			.trim()
			.split("\n")
			.map((line) => JSON.parse(line));
		const chosen = records.filter(({ guided }) => guided.label).length;
		expect(result.guided?.accuracy).toBe(chosen / 3);
		await ValueScorer.with(ran.runDir, 1, async (scorer) => {
			await scorer.load(scorer.select("best")[0]?.step ?? 0);
			for (const { prompt, response_token_ids: tokens, values, logprobs } of records) {
				const asked = [{ row: 0, prompt, reference: null, tokens: tokenizer.renderPrompt(prompt) }];
				const [expected] = await valuesOfAnswers(scorer, asked, [{ promptIndex: 0, tokens }]);
				expect(logprobs).toHaveLength(tokens.length);
				for (const [h, value] of values.entries()) expect(value).toBeCloseTo(expected?.[h] as number, 5);
			}
		});
	});
});
