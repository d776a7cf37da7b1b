import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadModelFolder, type ModelWeights } from "../models/hf/load.ts";
import { CountingBackend } from "../runtime/testing/counting-backend.ts";
import { Sampler, type SamplerOptions } from "./sampler.ts";
import type { Generated, GenerateOptions } from "./types.ts";

const fixtures = new URL("../../fixtures/", import.meta.url).pathname;
const SAMPLED: GenerateOptions = {
	n: 3,
	temperature: 1,
	topK: 16,
	threshold: 0,
	topP: 1,
	greedy: false,
	maxNewTokens: 24,
	seed: 7,
	// Rows end early, and prompts with them.
	eosIds: [4, 7, 8, 33],
};
const GREEDY: GenerateOptions = { ...SAMPLED, n: 2, greedy: true };
const PROMPTS = [[1, 17, 42, 9, 33], [1, 28], [5], [1, 63, 21, 8, 8, 2, 40, 11]];
/** More than one run of the prefill takes, of different widths. */
const MANY = Array.from({ length: 120 }, (_, i) =>
	Array.from({ length: 60 - (i % 50) }, (_, t) => (i * 11 + t * 5 + ((i * t) % 3)) % 64),
);

const FORMS = {
	"one token a run, caches in the computer's memory": { resident: false, stepped: true },
	"a Loop, caches on the device": { resident: true, stepped: false },
	"one token a run, caches on the device": { resident: true, stepped: true },
};

async function drawAll(sampler: Sampler): Promise<Generated[]> {
	return [
		...(await sampler.generateAll(PROMPTS, SAMPLED)),
		...(await sampler.generateAll(PROMPTS, GREEDY)),
	].flat();
}

function expectSame(found: readonly Generated[], expected: readonly Generated[]): void {
	expect(found.map(({ tokens }) => tokens)).toEqual(expected.map(({ tokens }) => tokens));
	for (const [i, { logProbs, finished }] of found.entries()) {
		expect(finished).toBe(expected[i]?.finished);
		for (const [t, logProb] of logProbs.entries())
			expect(Math.abs(logProb - (expected[i]?.logProbs[t] as number))).toBeLessThan(1e-5);
	}
}

// Gemma 2 and Mistral have layers that see a window, in Gemma 2 between others.
describe.each(["llama-tiny", "qwen2-tiny", "gemma2-tiny", "mistral-tiny"])("%s", (name) => {
	let options: SamplerOptions;
	let expected: Generated[];
	beforeAll(async () => {
		options = { ...(await loadModelFolder(`${fixtures}models/${name}`)), tokensPerRun: 5 };
		const sampler = await Sampler.create({ ...options, session: { threads: 1 } });
		expected = await drawAll(sampler);
		await sampler.release();
		expect(new Set(expected.map(({ tokens }) => tokens.length)).size).toBeGreaterThan(4);
	});

	it.each(Object.entries(FORMS))("%s: draws what a Loop over caches in memory draws", async (_, decoding) => {
		const backend = new CountingBackend();
		const sampler = await Sampler.create({ ...options, session: { threads: 1, backend }, decoding });
		expectSame(await drawAll(sampler), expected);
		expect(backend.made > 0).toBe(decoding.resident);
		expect(backend.live.size).toBe(0);
		await sampler.release();
	});
});

describe("caches on the device", () => {
	let model: ModelWeights;
	beforeAll(async () => {
		model = await loadModelFolder(`${fixtures}models/llama-tiny`);
	});
	const samplers: Sampler[] = [];
	afterAll(async () => {
		for (const sampler of samplers) await sampler.release();
	});
	async function samplerOf(decoding: SamplerOptions["decoding"], backend = new CountingBackend()) {
		const sampler = await Sampler.create({
			...model,
			session: { threads: 1, backend },
			decoding,
			tokensPerRun: 4,
		});
		samplers.push(sampler);
		return { sampler, backend };
	}
	const host = { resident: false, stepped: false };
	const stepped = FORMS["one token a run, caches on the device"];

	it("come of several runs of the prefill, padded to one width", async () => {
		const options = { ...SAMPLED, n: 2, maxNewTokens: 9 };
		const [onHost, onDevice] = [await samplerOf(host), await samplerOf(stepped)];
		const expected = (await onHost.sampler.generateAll(MANY, options)).flat();
		expectSame((await onDevice.sampler.generateAll(MANY, options)).flat(), expected);
		expect(onDevice.backend.live.size).toBe(0);
	});

	it.each(Object.entries(FORMS).slice(1))(
		"%s: are let go on a stop, a break and a failure",
		async (_, decoding) => {
			const { sampler, backend } = await samplerOf(decoding);
			let runs = 0;
			await sampler.generateAll(PROMPTS, { ...SAMPLED, eosIds: [], shouldStop: () => ++runs > 2 });
			expect(backend.live.size).toBe(0);
			for await (const _ of sampler.generate(PROMPTS, SAMPLED)) break;
			expect(backend.live.size).toBe(0);
			// In the prefill, in the first tokens, in the first closing up, and behind it.
			for (const runsLeft of [0, 1, 3, 9, 11, 15, 19, 24]) {
				backend.runsLeft = runsLeft;
				await expect(sampler.generateAll(PROMPTS, { ...SAMPLED, eosIds: [] })).rejects.toThrow(
					"the device was lost",
				);
				expect(backend.live.size).toBe(0);
			}
		},
	);

	it("spare the bus: what crosses it is tokens, noise and the numbers of the sequences", async () => {
		const options = { ...SAMPLED, eosIds: [], n: 4, maxNewTokens: 16 };
		const traffic = async (decoding: SamplerOptions["decoding"]) => {
			const { sampler } = await samplerOf(decoding);
			await sampler.generateAll(PROMPTS, options);
			return sampler.traffic;
		};
		const rows = PROMPTS.length * options.n;
		const { layers, kvHeads, headDim } = model.config;
		const caches = 2 * layers;
		const onDevice = await traffic(stepped);
		expect(onDevice.outBytes).toBe(16 * rows * (8 + 4));
		const perToken = rows * (8 + 4 * options.topK) + PROMPTS.length * 8 + 3 * 4;
		const prompts = PROMPTS.length * 7 * 8;
		// The blank that every past begins with, and three closings up.
		const sequences = caches * (4 * rows * kvHeads * 8 + headDim * 4);
		expect(onDevice.inBytes).toBe(prompts + 16 * perToken + sequences);
		// The caches of all 16 tokens left the device once, and came back until they were complete.
		const inMemory = await traffic(host);
		expect(inMemory.outBytes - onDevice.outBytes).toBeGreaterThanOrEqual(
			16 * rows * caches * kvHeads * headDim * 4,
		);
	});
});
