import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { RunConfigInput } from "../contract/resolve.ts";
import { METHODS, type Method } from "../contract/run.ts";
import type { Example } from "../datasets/types.ts";
import { losses } from "../losses/index.ts";
import { openSafetensors } from "../models/hf/safetensors.ts";
import { requireRows, selectRows } from "./rows.ts";
import { jobConfig, logLines, ofType, train, type Workplace, workplace } from "./testing/job.ts";

let place: Workplace;
beforeAll(() => {
	place = workplace();
});

/** The weights that a finished run ended with. */
const trainedOf = (runDir: string, checkpoint: string | null) =>
	openSafetensors(join(runDir, checkpoint ?? "", "trained.safetensors")).tensors;

describe("a whole run of", () => {
	it.each(METHODS)("%s trains, measures and keeps a checkpoint", async (method) => {
		const config = jobConfig(place, { method, epochs: 6, lr: 5e-3, evalEverySteps: 0, keepCheckpoints: 1 });
		const { events, result, runDir } = await train(place, method, config);
		expect(result.reason).toBe("completed");
		const { needsReference, needsValue } = losses[method];
		const phases = new Set(ofType(events, "phase").map((event) => event.phase));
		expect(phases.has("reference-logprobs")).toBe(needsReference);
		expect(phases.has("value-warmup")).toBe(needsValue);
		const lines = logLines(runDir, "metrics").filter((line) => line.phase === "train");
		expect(lines.length).toBe(result.steps - (needsValue ? 3 : 0));
		for (const line of lines) {
			expect(line.policyLoss).toEqual(expect.any(Number));
			expect(line.valueLoss).toEqual(needsValue ? expect.any(Number) : null);
			expect(line.logRatioCorrect).toEqual(needsReference ? expect.any(Number) : null);
		}
		const evaluations = ofType(events, "eval");
		// Held-out prompts are answered and graded, where the data are pairs too.
		expect(evaluations.at(-1)).toMatchObject({ n: 3, accuracy: expect.any(Number) });
		const tensors = trainedOf(runDir, result.lastCheckpoint);
		const moved = [...tensors].filter(([name]) => name.endsWith("lora_B.weight"));
		expect(moved.every(([, tensor]) => tensor.load().some((x) => x !== 0))).toBe(true);
		expect([...tensors.keys()].some((name) => name.startsWith("value:"))).toBe(needsValue);
	});

	it.each(["dpo", "kto", "dqo", "dro"] as const)("%s learns to prefer correct responses", async (method) => {
		// Every step takes all the data: eighteen responses, or nine pairs.
		const globalBatch = method === "dpo" ? 9 : 18;
		const input: RunConfigInput = { method, globalBatch, epochs: 12, lr: 5e-3, task: null };
		const config = jobConfig(place, { ...input, split: { validation: 0 } });
		const { runDir } = await train(place, `prefers-${method}`, config);
		const { logRatioCorrect, logRatioWrong } = logLines(runDir, "metrics").at(-1) ?? {};
		expect(Number(logRatioCorrect) - Number(logRatioWrong)).toBeGreaterThan(0.2);
	});

	it("RS is the run of SFT on the correct rows alone", async () => {
		const rows = Array.from({ length: 9 }, (_, i) => ({
			prompt: `Ben has ${i} coins. He finds 2 coins. How many coins does Ben have now?`,
			completion: `${i}+2=${i + 2}\n#### ${i + 2}`,
		}));
		const correct = join(place.root, "correct.jsonl");
		writeFileSync(correct, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
		const input: RunConfigInput = { task: null, split: { validation: 0 }, maxSteps: 4 };
		const sft = await train(
			place,
			"as-sft",
			jobConfig(place, { ...input, method: "sft", dataPath: correct }),
		);
		const rs = await train(place, "as-rs", jobConfig(place, { ...input, method: "rs" }));
		const [a, b] = [sft, rs].map(({ runDir, result }) => trainedOf(runDir, result.lastCheckpoint));
		expect([...(b?.keys() ?? [])]).toEqual([...(a?.keys() ?? [])]);
		for (const [name, tensor] of a ?? []) expect(b?.get(name)?.load(), name).toEqual(tensor.load());
	});
});

describe("data that a method cannot learn from", () => {
	const example = (row: number, more: Partial<Example>): Example => ({
		row,
		prompt: "p",
		promptKey: "k",
		...more,
	});
	const scored = [true, false].map((label, i) => example(i + 1, { response: "r", label }));
	const bare = [1, 2, 3].map((row) => example(row, { response: "r" }));
	const pairs = [example(1, { chosen: "a", rejected: "b" })];
	const refusal = (method: Method, examples: readonly Example[]) => {
		try {
			requireRows(method, examples, "d.jsonl");
		} catch (error) {
			return error;
		}
		return null;
	};

	it.each(["rs", "kto", "dro", "dqo"] as const)("%s needs scores", (method) => {
		expect(refusal(method, scored)).toBeNull();
		expect(refusal(method, [...scored, ...bare])).toMatchObject({
			code: "data-invalid",
			message: "d.jsonl: 3 of 5 rows have no response with a reward or a label, the first is row 1.",
			hint: expect.stringMatching(new RegExp(`^${method.toUpperCase()} learns from scored.*\`dqo grade\``)),
		});
		expect(refusal(method, pairs)).toMatchObject({ hint: expect.stringContaining("--method dpo") });
	});

	it("dpo needs pairs, and is shown how to make them of what is there", () => {
		expect(refusal("dpo", pairs)).toBeNull();
		expect(refusal("dpo", scored)).toMatchObject({
			code: "data-invalid",
			message: "d.jsonl: 2 of 2 rows have no chosen and rejected response, the first is row 1.",
			hint: expect.stringContaining("`dqo pairs --data d.jsonl --out pairs.jsonl`"),
		});
		expect(refusal("dpo", bare)).toMatchObject({ hint: expect.stringMatching(/dqo generate.*grade.*pairs/) });
	});

	it("rs needs a correct response", () => {
		const wrong = scored.map((e) => ({ ...e, label: false }));
		expect(refusal("rs", wrong)).toMatchObject({
			code: "data-invalid",
			message: "d.jsonl: none of the 2 responses to train on is correct.",
			hint: expect.stringContaining("--method dqo"),
		});
		// The others learn from wrong responses.
		for (const method of ["kto", "dro", "dqo"] as const) expect(refusal(method, wrong)).toBeNull();
		expect(selectRows("rs", scored).map((e) => e.row)).toEqual([1]);
	});

	it("sft takes any response", () => {
		for (const rows of [scored, bare]) expect(refusal("sft", rows)).toBeNull();
	});

	it("is refused before anything is trained", async () => {
		const config = jobConfig(place, { method: "dpo", dataPath: place.dataPath });
		await expect(train(place, "no-pairs", config)).rejects.toMatchObject({
			code: "data-invalid",
			hint: expect.stringContaining("dqo pairs --data"),
		});
	});
});

it("pairs become two trajectories with the tokens they were drawn as", () => {
	const [chosen, rejected] = selectRows("dpo", [
		{
			...{ row: 7, prompt: "p", promptKey: "k", reference: "5" },
			...{ chosen: "a", rejected: "b", chosenTokenIds: [1, 2], rejectedTokenIds: [3] },
		},
	]);
	expect(chosen).toMatchObject({ row: 7, pair: 0, response: "a", label: true, responseTokenIds: [1, 2] });
	expect(rejected).toMatchObject({ row: 7, pair: 0, response: "b", label: false, responseTokenIds: [3] });
});
