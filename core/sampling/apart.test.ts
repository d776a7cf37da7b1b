import { afterEach, expect, it, vi } from "vitest";
import { PAPER_SAMPLING } from "../contract/sampling.ts";
import { loadModelFolder } from "../models/hf/load.ts";
import { mergedTensors } from "../models/hf/merge.ts";
import { readPeftAdapter } from "../models/hf/peft.ts";
import { temporaryFolder } from "../store/testing/temporary-folder.ts";
import { Sampler } from "./sampler.ts";

const fixtures = new URL("../../fixtures/", import.meta.url).pathname;
afterEach(() => vi.unstubAllEnvs());

it.each(["llama", "qwen2"])(
	"%s with an adapter kept apart, its base mapped, draws as with one merged in",
	async (family) => {
		vi.stubEnv("DQO_STUDIO_DIR", temporaryFolder());
		const { config, tensors } = await loadModelFolder(`${fixtures}models/${family}-tiny`);
		const adapter = readPeftAdapter(`${fixtures}adapters/${family}-tiny-lora`, config);
		const draw = async (apart: boolean) => {
			const policy = mergedTensors(tensors, adapter, apart ? 0 : Number.POSITIVE_INFINITY);
			const session = { threads: 1, mapAboveBytes: apart ? 0 : Number.POSITIVE_INFINITY };
			const sampler = await Sampler.create({ config, tensors: policy, session });
			const options = { ...PAPER_SAMPLING, greedy: true, n: 2, maxNewTokens: 12, eosIds: [] };
			const all = await sampler.generateAll(
				[
					[1, 17, 42, 9, 33],
					[1, 28],
				],
				options,
			);
			await sampler.release();
			return all.flat();
		};
		const [merged, apart] = [await draw(false), await draw(true)];
		expect(apart.map(({ tokens }) => tokens)).toEqual(merged.map(({ tokens }) => tokens));
		for (const [i, { logProbs }] of apart.entries()) {
			for (const [t, logProb] of logProbs.entries())
				expect(logProb).toBeCloseTo(merged[i]?.logProbs[t] as number, 4);
		}
		// Without the adapter it draws otherwise, so the adapter was there.
		const bare = await Sampler.create({ config, tensors, session: { threads: 1 } });
		const [first] = await bare.generateAll([[1, 17, 42, 9, 33]], {
			...PAPER_SAMPLING,
			greedy: true,
			n: 1,
			maxNewTokens: 12,
			eosIds: [],
		});
		expect(first?.[0]?.logProbs).not.toEqual(merged[0]?.logProbs);
		await bare.release();
	},
);
