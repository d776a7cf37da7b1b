import { describe, expect, it } from "vitest";
import { GREEDY_SAMPLING, PAPER_SAMPLING } from "../contract/sampling.ts";
import { loadModelFolder } from "../models/hf/load.ts";
import { addon } from "../runtime/addon.ts";
import type { Backend } from "../runtime/backend.ts";
import { hasKoffi } from "../runtime/native/koffi.ts";
import { native } from "../runtime/native/native.ts";
import { type Decoding, Sampler } from "../sampling/sampler.ts";
import type { Trajectory } from "../training/trajectories.ts";
import { nativeFor, probeNative } from "./native.ts";
import { trainingStep } from "./parity-step.ts";

describe("the C interface is used", () => {
	const works = async () => ({ provider: "cuda", works: true, elapsedMs: 1.2 }) as const;
	const fails = async () =>
		({ provider: "cuda", works: false, reason: "a wrong answer", remedy: "", details: "" }) as const;
	const never = () => expect.unreachable("nothing was to be tried");

	it.each([
		["on CUDA unless forbidden", "cuda", undefined, works, true, /1 ms/],
		["on CUDA not where it was forbidden", "cuda", "0", never, false, /DQO_NATIVE=0/],
		["not where its test fails", "cuda", undefined, fails, false, /a wrong answer/],
		["on the CPU not unasked", "cpu", undefined, never, false, /DQO_NATIVE=1/],
		["on the CPU if asked for", "cpu", "1", works, true, /1 ms/],
		["on no other provider", "webgpu", "1", never, false, /webgpu/],
	] as const)("%s", async (_, provider, wish, tryOut, on, why) => {
		expect(await nativeFor({ provider }, tryOut, { wish, koffi: true })).toEqual({
			on,
			why: expect.stringMatching(why),
		});
	});

	it("not where its package is absent", async () => {
		const report = await nativeFor({ provider: "cuda" }, never, { koffi: false });
		expect(report).toEqual({ on: false, why: expect.stringContaining("koffi") });
	});
});

describe.skipIf(!hasKoffi())("through the C interface", () => {
	it("all that is tried before it is used works on the CPU", async () => {
		expect(await probeNative({ provider: "cpu" })).toMatchObject({ works: true });
	});

	it("a DQO step and answers are those of the addon, bit for bit", async () => {
		const model = await loadModelFolder(
			new URL("../../fixtures/models/qwen2-tiny", import.meta.url).pathname,
		);
		const prompt = [1, 17, 42, 9, 33];
		const trajectories = [
			[28, 5, 3],
			[63, 21, 8, 8, 2],
		].map((response, row): Trajectory => {
			const rewards = Float32Array.from(response, (_, t) => (t === response.length - 1 ? row : 0));
			return { row, promptKey: "0", prompt, response, rewards, correct: row === 1, behaviour: null };
		});
		// As the addon draws on the CPU: another cut into runs rounds differently.
		const plain: Decoding = { resident: false, stepped: false };
		const computed = async (backend: Backend, decoding = plain) => {
			const session = { threads: 1, backend };
			const step = await trainingStep(model, "full", trajectories, session, session);
			const sampler = await Sampler.create({ ...model, session, decoding });
			const settings = { maxNewTokens: 24, eosIds: [4] };
			const greedy = await sampler.generateAll([prompt, [5, 6]], { ...GREEDY_SAMPLING, ...settings });
			const drawn = await sampler.generateAll([prompt, [5]], { ...PAPER_SAMPLING, ...settings, n: 3 });
			await sampler.release();
			return { step: step.value, greedy, drawn };
		};
		const expected = await computed(addon);
		expect(await computed(native)).toEqual(expected);
		// Caches stay where they are computed, and the same is drawn.
		expect(native.keepsResident({ provider: "cpu" })).toBe(true);
		const { greedy } = await computed(native, { resident: true, stepped: false });
		expect(greedy.flat().map(({ tokens }) => tokens)).toEqual(
			expected.greedy.flat().map(({ tokens }) => tokens),
		);
	});
});
