import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadModelFolder, type ModelWeights } from "../models/hf/load.ts";
import { Sampler } from "./sampler.ts";
import { drawPlainly, PlainModel, truncate } from "./testing/reference.ts";
import type { Generated, GenerateOptions, GenerationProgress } from "./types.ts";

const fixtures = new URL("../../fixtures/", import.meta.url).pathname;
const GREEDY: GenerateOptions = {
	n: 1,
	temperature: 1,
	topK: 0,
	threshold: 0,
	topP: 1,
	greedy: true,
	maxNewTokens: 16,
	seed: 0,
	eosIds: [],
};
const SAMPLED: GenerateOptions = { ...GREEDY, greedy: false, n: 3, seed: 7 };
const CHOICES: Record<string, Partial<GenerateOptions>> = {
	"every token": {},
	temperature: { temperature: 0.6 },
	"top-k": { topK: 5 },
	threshold: { threshold: 0.03 },
	"a threshold above every probability": { threshold: 1 },
	"top-p": { topP: 0.7 },
};
const PROMPTS = [[1, 17, 42, 9, 33], [1, 28], [5], [1, 63, 21, 8, 8, 2, 40, 11]];

const tokensOf = (all: Generated[][]) => all.map((responses) => responses.map(({ tokens }) => tokens));

for (const name of [
	"llama-tiny",
	"qwen2-tiny",
	"qwen3-tiny",
	"gemma-tiny",
	"gemma2-tiny",
	"mistral-tiny",
	"smollm-tiny",
]) {
	describe(name, () => {
		let model: ModelWeights;
		let plain: PlainModel;
		let sampler: Sampler;
		beforeAll(async () => {
			model = await loadModelFolder(`${fixtures}models/${name}`);
			plain = await PlainModel.create(model.config, model.tensors);
			sampler = await Sampler.create({ ...model, session: { threads: 1 }, tokensPerRun: 5 });
		});
		afterAll(() => sampler.release());

		async function expectPlain(all: Generated[][], prompts: number[][], options: GenerateOptions) {
			for (const { promptIndex, sampleIndex, tokens, logProbs } of all.flat()) {
				const prompt = prompts[promptIndex] as number[];
				const expected = await drawPlainly(plain, prompt, promptIndex, sampleIndex, options);
				expect(tokens, `prompt ${promptIndex} sample ${sampleIndex}`).toEqual(expected.tokens);
				for (const [i, logProb] of logProbs.entries()) {
					expect(Math.abs(logProb - (expected.logProbs[i] as number))).toBeLessThan(1e-4);
				}
			}
		}

		it("continues greedily as transformers does", async () => {
			const spec = JSON.parse(readFileSync(`${fixtures}logits/${name}.json`, "utf8"));
			const prompts = spec.inputIds.map((ids: number[], i: number) => ids.slice(0, spec.lengths[i]));
			const all = await sampler.generateAll(prompts, GREEDY);
			expect(tokensOf(all)).toEqual(spec.greedy.map((tokens: number[]) => [tokens]));
			await expectPlain(all, prompts, GREEDY);
		});

		/** How tokens are chosen is the same in every family. */
		const settings: Record<string, Partial<GenerateOptions>> = {
			...(name === "llama-tiny" ? CHOICES : {}),
			"the paper's settings": { topK: 16, threshold: 0.01, topP: 0.9, temperature: 1.3 },
		};
		for (const [title, setting] of Object.entries(settings)) {
			it(`draws what the plain forward and the same noise give: ${title}`, async () => {
				const options = { ...SAMPLED, maxNewTokens: 12, n: 2, ...setting };
				const all = await sampler.generateAll(PROMPTS, options);
				expect(all.flat()).toHaveLength(8);
				await expectPlain(all, PROMPTS, options);
			});
		}

		it("draws the same responses whatever is drawn beside them", async () => {
			const options = { ...SAMPLED, topK: 16 };
			const together = tokensOf(await sampler.generateAll(PROMPTS, options));
			const alone = await Sampler.create({ ...model, session: { threads: 1 }, budget: { rows: 1 } });
			const pairs = await Sampler.create({ ...model, session: { threads: 1 }, budget: { rows: 2 } });
			expect(tokensOf(await alone.generateAll(PROMPTS, options))).toEqual(together);
			expect(tokensOf(await pairs.generateAll(PROMPTS, options))).toEqual(together);
			const first = await sampler.generateAll(PROMPTS.slice(0, 2), options);
			expect(tokensOf(first)).toEqual(together.slice(0, 2));
			const more = await sampler.generateAll(PROMPTS, { ...options, n: 5 });
			expect(tokensOf(more).map((responses) => responses.slice(0, 3))).toEqual(together);
			const otherSeed = await sampler.generateAll(PROMPTS, { ...options, seed: 8 });
			expect(tokensOf(otherSeed)).not.toEqual(together);
			await alone.release();
			await pairs.release();
		});

		it("ends each response at its own end token while the others go on", async () => {
			const options = { ...SAMPLED, n: 4, maxNewTokens: 30, eosIds: [4, 7, 8, 33] };
			const all = await sampler.generateAll(PROMPTS, options);
			const lengths = new Set(all.flat().map(({ tokens }) => tokens.length));
			expect(lengths.size).toBeGreaterThan(4);
			for (const { tokens, finished, logProbs } of all.flat()) {
				const end = tokens.findIndex((token) => options.eosIds.includes(token));
				expect(finished).toBe(end !== -1);
				expect(tokens).toHaveLength(finished ? end + 1 : 30);
				expect(logProbs).toHaveLength(tokens.length);
			}
			await expectPlain(all, PROMPTS, options);
		});
	});
}

describe("Sampler", () => {
	let model: ModelWeights;
	let sampler: Sampler;
	beforeAll(async () => {
		model = await loadModelFolder(`${fixtures}models/llama-tiny`);
		sampler = await Sampler.create({ ...model, session: { threads: 1 }, tokensPerRun: 4 });
	});
	afterAll(() => sampler.release());

	it("draws tokens as often as their probabilities say", async () => {
		const options = { ...SAMPLED, n: 20_000, maxNewTokens: 1, topK: 16, threshold: 0.02, topP: 0.9 };
		const prompt = PROMPTS[0] as number[];
		const [responses = []] = await sampler.generateAll([prompt], options);
		const plain = await PlainModel.create(model.config, model.tensors);
		const expected = truncate((await plain.logits(prompt)).at(-1) as number[], options);
		const counts = new Map<number, number>();
		for (const { tokens } of responses) {
			counts.set(tokens[0] as number, (counts.get(tokens[0] as number) ?? 0) + 1);
		}
		expect(expected.length).toBeGreaterThan(5);
		expect([...counts.keys()].sort()).toEqual(expected.map(({ token }) => token).sort());
		let chiSquare = 0;
		for (const { token, probability } of expected) {
			const mean = probability * responses.length;
			chiSquare += ((counts.get(token) ?? 0) - mean) ** 2 / mean;
		}
		// Mean df and standard deviation sqrt(2 df): beyond three of these is about 1 in 300.
		const df = expected.length - 1;
		expect(chiSquare).toBeLessThan(df + 3 * Math.sqrt(2 * df));
	});

	it("gives equal responses when greedy, as many as are asked for", async () => {
		const [responses = []] = await sampler.generateAll(PROMPTS, { ...GREEDY, n: 3 });
		expect(responses.map(({ sampleIndex }) => sampleIndex)).toEqual([0, 1, 2]);
		expect(new Set(responses.map(({ tokens }) => tokens.join())).size).toBe(1);
	});

	it("reads many long prompts in several runs", async () => {
		// 120 prompts of up to 60 tokens are more than one run takes.
		const prompts = Array.from({ length: 120 }, (_, i) =>
			Array.from({ length: 60 - (i % 7) }, (_, t) => (i * 11 + t * 5 + ((i * t) % 3)) % 64),
		);
		const options = { ...GREEDY, maxNewTokens: 3 };
		const all = tokensOf(await sampler.generateAll(prompts, options));
		for (const i of [0, 61, 119]) {
			expect(tokensOf(await sampler.generateAll([prompts[i] as number[]], options))).toEqual([all[i]]);
		}
	});

	it("cuts a response where the model's positions end", async () => {
		const { maxPosition } = model.config;
		const prompts = [Array<number>(maxPosition - 2).fill(3), [3, 4]];
		const [long, short] = await sampler.generateAll(prompts, { ...GREEDY, maxNewTokens: 9 });
		expect(long?.[0]?.tokens).toHaveLength(3);
		expect(short?.[0]?.tokens).toHaveLength(9);
	});

	it("refuses an empty prompt and one beyond the model's positions", async () => {
		const tooLong = Array<number>(model.config.maxPosition + 1).fill(3);
		for (const prompts of [[[1], []], [tooLong]]) {
			await expect(sampler.generateAll(prompts, GREEDY)).rejects.toMatchObject({ code: "data-invalid" });
		}
		expect(await sampler.generateAll([], GREEDY)).toEqual([]);
	});

	it("reports progress between runs and waits for the listener", async () => {
		const seen: GenerationProgress[] = [];
		let listening = 0;
		await sampler.generateAll(PROMPTS, {
			...GREEDY,
			maxNewTokens: 10,
			onProgress: async (progress) => {
				expect(listening++).toBe(0);
				await new Promise((resolve) => setTimeout(resolve, 1));
				listening--;
				seen.push(progress);
			},
		});
		expect(seen.map(({ tokens }) => tokens)).toEqual([16, 32, 40]);
		expect(seen.at(-1)).toEqual({ responsesDone: 4, responsesTotal: 4, tokens: 40 });
	});

	it("stops between runs and leaves out what is not done", async () => {
		let runs = 0;
		const options = {
			...GREEDY,
			maxNewTokens: 8,
			shouldStop: () => runs >= 3,
			onProgress: () => void runs++,
		};
		const alone = await Sampler.create({
			...model,
			session: { threads: 1 },
			tokensPerRun: 4,
			budget: { rows: 1 },
		});
		const all = await alone.generateAll(PROMPTS, options);
		await alone.release();
		expect(runs).toBe(3);
		// Longest prompt first, two runs each: one prompt is done, the second is not.
		expect(all.map((responses) => responses.length)).toEqual([0, 0, 0, 1]);
	});
});
