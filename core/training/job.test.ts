import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { stepMetricsSchema } from "../contract/metrics.ts";
import { GREEDY_SAMPLING } from "../contract/sampling.ts";
import { sampleLineSchema } from "../contract/token-scores.ts";
import { openRunPolicy } from "../export/run-policy.ts";
import { wilson } from "../grading/wilson.ts";
import { loadModelFolder } from "../models/hf/load.ts";
import { readPeftAdapter } from "../models/hf/peft.ts";
import { openSafetensors } from "../models/hf/safetensors.ts";
import { setDevice } from "../runtime/device.ts";
import type { Generated } from "../sampling/types.ts";
import { withSampler } from "../sampling/with-sampler.ts";
import { RunStore } from "../store/run-store.ts";
import { loadTokenizer } from "../tokenizers/tokenizer.ts";
import { jobConfig, logLines, ofType, type Ran, train, type Workplace, workplace } from "./testing/job.ts";

let place: Workplace;
let ran: Ran;
beforeAll(async () => {
	place = workplace();
	ran = await train(place, "whole", jobConfig(place));
});

const storeOf = ({ runDir }: Ran) => RunStore.open(join(runDir, ".."), basename(runDir));

describe("a whole DQO run", () => {
	it("passes through its phases in order", () => {
		const phases = ofType(ran.events, "phase").map((event) => event.phase);
		expect(phases).toEqual([
			...["load", "reference-logprobs", "prepare", "evaluate", "prepare", "evaluate"],
			...["value-warmup", "prepare", "value-warmup", "evaluate", "checkpoint"],
			...["train", "evaluate", "checkpoint", "train", "evaluate", "checkpoint"],
		]);
	});

	it("makes every step once and tells it twice the same", () => {
		const metrics = logLines(ran.runDir, "metrics");
		expect(metrics.map((line) => stepMetricsSchema.parse(line).step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
		expect(ofType(ran.events, "step").map((event) => event.metrics)).toEqual(metrics);
		expect(metrics.map((m) => m.phase)).toEqual([
			...Array(3).fill("value-warmup"),
			...Array(6).fill("train"),
		]);
		expect(ran.result).toMatchObject({ reason: "completed", steps: 9, epochs: 2 });
	});

	it("evaluates before, during and after, on prompts it does not train on", () => {
		const evaluations = ofType(ran.events, "eval");
		// After the value warm-up the policy answers as before: the losses of the six responses are new, and what V says.
		expect(evaluations.map((e) => [e.step, e.split, e.n])).toEqual([
			[0, "validation", 3],
			[3, "validation", 6],
			[6, "validation", 3],
			[9, "validation", 3],
		]);
		expect(evaluations[1]).toMatchObject({ accuracy: null, accuracyInterval: null });
		expect(evaluations[1]?.samples).toEqual(evaluations[0]?.samples);
		const samples = logLines(ran.runDir, "samples").map((line) => sampleLineSchema.parse(line));
		expect(samples.map((s) => s.step)).toEqual([0, 3, 6, 9].flatMap((step) => [step, step, step]));
		for (const e of evaluations) {
			const rows = samples.filter((s) => s.step === e.step);
			expect(e.samples).toEqual(rows.map(({ step: _, scores: __, ...row }) => row));
			if (e.step === 3) continue;
			const correct = rows.filter((row) => row.correct).length;
			expect([e.accuracy, e.accuracyInterval]).toEqual([correct / 3, wilson(correct, 3)]);
			expect(e.heldOutLoss).toBeGreaterThan(0);
		}
		// A value function that is zero everywhere tells nothing apart.
		expect(evaluations[0]?.valueAuc).toBe(0.5);
		const config = storeOf(ran).readConfig();
		expect(config).toEqual(jobConfig(place));
	});

	it("tells V and both log-probs of every token of the answers it shows", async () => {
		const samples = logLines(ran.runDir, "samples").map((line) => sampleLineSchema.parse(line));
		const trained = await openRunPolicy(ran.runDir, 9);
		const base = await loadModelFolder(place.modelDir);
		const tokenizer = await loadTokenizer(place.modelDir);
		const options = { ...GREEDY_SAMPLING, maxNewTokens: 16, eosIds: tokenizer.eosIds };
		for (const [step, model] of [
			[0, base],
			[9, trained],
		] as const) {
			const own = samples.filter((line) => line.step === step);
			const prompts = own.map(({ prompt }) => tokenizer.renderPrompt(prompt));
			// The sampler's own log-probs come from another graph than the scores do.
			const drawn = await withSampler(model, 1, (sampler) => sampler.generateAll(prompts, options));
			for (const [i, { scores, response, correct }] of own.entries()) {
				const { tokens, logProbs } = (drawn[i] as Generated[])[0] as Generated;
				expect(scores?.tokenIds).toEqual(tokens);
				expect(scores?.tokens.join("")).toBe(response);
				expect(scores?.logProbs).toEqual([...logProbs].map((x) => expect.closeTo(x, 3)));
				expect(scores?.values).toHaveLength(tokens.length);
				expect(scores?.reward).toBe(Number(correct));
				expect(scores?.segmentEnds.at(-1)).toBeGreaterThan(0);
				if (step > 0) {
					expect(Math.max(...(scores?.values ?? []).map(Math.abs))).toBeGreaterThan(0);
					expect(scores?.referenceLogProbs).not.toEqual(scores?.logProbs);
				} else {
					expect(scores?.values).toEqual(tokens.map(() => 0));
					expect(scores?.referenceLogProbs).toEqual(scores?.logProbs);
				}
			}
		}
	});

	it("leaves a run folder with its configuration, logs and checkpoints", () => {
		expect(readdirSync(ran.runDir).sort()).toEqual([
			"checkpoints",
			"metrics.jsonl",
			"run.json",
			"samples.jsonl",
		]);
		const { checkpoints } = storeOf(ran);
		expect(ofType(ran.events, "checkpoint").map((e) => [e.step, e.dir])).toEqual(
			[3, 6, 9].map((step) => [step, `checkpoints/step-00000${step}`]),
		);
		// The tiny model solves nothing, so the first evaluation of a trained policy stays the best.
		expect(ofType(ran.events, "checkpoint").map((e) => e.best)).toEqual([false, true, false]);
		expect(checkpoints.list().map((c) => c.step)).toEqual([6, 9]);
		expect(checkpoints.best()?.step).toBe(6);
		expect(ran.result).toMatchObject({
			lastCheckpoint: "checkpoints/step-000009",
			bestCheckpoint: "checkpoints/step-000006",
			bestStep: 6,
			bestAccuracy: 0,
		});
	});

	it("writes LoRA checkpoints that PEFT reads", async () => {
		const { config } = await loadModelFolder(place.modelDir);
		const dir = storeOf(ran).checkpoints.last()?.dir ?? "";
		const adapter = readPeftAdapter(dir, config);
		expect([adapter.rank, adapter.alpha, adapter.modules.size]).toEqual([4, 8, 7]);
		const trained = openSafetensors(join(dir, "trained.safetensors")).tensors;
		for (const [module, { a, b }] of adapter.modules) {
			expect(a.load()).toEqual(trained.get(`policy:${module}.lora_A.weight`)?.load());
			expect(b.load()).toEqual(trained.get(`policy:${module}.lora_B.weight`)?.load());
			expect(b.load().some((x) => x !== 0)).toBe(true);
		}
		expect(existsSync(join(dir, "state.json"))).toBe(true);
	});

	it("computes the reference once for all runs on the same model and data", async () => {
		const again = await train(place, "again", jobConfig(place, { beta: 0.5, maxSteps: 1, task: null }));
		const of = (events: Ran["events"]) =>
			ofType(events, "progress").filter((e) => e.phase === "reference-logprobs").length;
		expect(of(ran.events)).toBeGreaterThan(0);
		expect(of(again.events)).toBe(0);
	});

	it("refuses to begin where a run is", async () => {
		await expect(train(place, "whole", jobConfig(place))).rejects.toMatchObject({ code: "run-exists" });
	});
});

describe("a run in bfloat16", () => {
	it("trains, answers and ends near where float32 does", async () => {
		const half = await train(place, "bf16", jobConfig(place, { precision: "bf16" }));
		const last = ({ events }: Ran) => ofType(events, "eval").at(-1)?.heldOutLoss as number;
		expect(half.result).toMatchObject({ reason: "completed", steps: 9 });
		expect(last(half)).not.toBe(last(ran));
		expect(last(half) / last(ran)).toBeCloseTo(1, 1.3);
	});

	it("is refused on a provider that lacks it", async () => {
		setDevice({ provider: "webgpu" });
		try {
			await expect(train(place, "no-bf16", jobConfig(place, { precision: "bf16" }))).rejects.toMatchObject({
				code: "config-invalid",
				message: expect.stringContaining("webgpu"),
			});
		} finally {
			setDevice({ provider: "cpu" });
		}
	});
});

describe("an SFT run of all weights", () => {
	it("lowers its held-out loss and keeps its checkpoint as a whole model", async () => {
		const config = jobConfig(place, {
			method: "sft",
			adapter: { type: "full" },
			lr: 1e-2,
			epochs: 4,
			keepCheckpoints: 1,
			task: null,
		});
		const sft = await train(place, "sft", config);
		const losses = ofType(sft.events, "eval").map((e) => e.heldOutLoss as number);
		expect(losses).toEqual([...losses].sort((a, b) => b - a));
		expect(losses.at(-1)).toBeLessThan(0.8 * (losses[0] as number));
		expect(ofType(sft.events, "eval").every((e) => e.accuracy === null && e.valueAuc === null)).toBe(true);
		expect(ofType(sft.events, "checkpoint").every((e) => e.best)).toBe(true);
		expect(logLines(sft.runDir, "samples")).toEqual([]);
		const [only, ...more] = storeOf(sft).checkpoints.list();
		expect([only?.step, more]).toEqual([12, []]);
		const saved = openSafetensors(join(only?.dir ?? "", "model.safetensors")).tensors;
		const base = await loadModelFolder(place.modelDir);
		expect([...saved.keys()].sort()).toEqual([...base.tensors.keys()].sort());
		expect(existsSync(join(only?.dir ?? "", "adapter_config.json"))).toBe(false);
	});
});
