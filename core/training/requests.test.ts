import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { EventBody } from "../contract/events.ts";
import { RunStore } from "../store/run-store.ts";
import { jobConfig, logLines, ofType, train, type Workplace, workplace } from "./testing/job.ts";

let place: Workplace;
beforeAll(() => {
	place = workplace();
});

const checkpointsOf = (name: string) => RunStore.open(join(place.root, "runs"), name).checkpoints;
const atStep = (steps: number) => (events: readonly EventBody[]) => ofType(events, "step").length >= steps;

describe("a checkpoint that is asked for", () => {
	it("holds the state of the last whole step, and the run goes on in the phase it was in", async () => {
		const config = jobConfig(place, { task: null, keepCheckpoints: 9, maxSteps: 5 });
		const { events } = await train(place, "asked", config, { checkpoint: atStep(4) });
		expect(ofType(events, "checkpoint").map((e) => e.step)).toEqual([3, 4, 5]);
		const asked = events.findIndex((e) => e.type === "checkpoint" && e.step === 4);
		const later = events.slice(asked + 1).filter((e) => e.type === "phase" || e.type === "progress");
		expect(later[0]).toEqual({ type: "phase", phase: "train" });
		expect(later[1]).toMatchObject({ type: "progress", phase: "train", done: 5, total: 5 });
	});

	it("does not take the mark of the best from the step that is being evaluated", async () => {
		// After the sixth step the evaluation is next, so the request is met within it.
		const { events, result } = await train(place, "within", jobConfig(place, { maxSteps: 6 }), {
			checkpoint: atStep(6),
		});
		expect(ofType(events, "checkpoint").map((e) => [e.step, e.best])).toEqual([
			[3, false],
			[6, false],
			[6, true],
		]);
		expect(result.bestStep).toBe(6);
		expect(checkpointsOf("within").best()?.step).toBe(6);
	});
});

describe("checkpoints between evaluations", () => {
	it("are written at their own interval, and old ones go at once", async () => {
		const config = jobConfig(place, {
			task: null,
			evalEverySteps: 6,
			checkpointEverySteps: 1,
			keepCheckpoints: 2,
		});
		let most = 0;
		const stop = () => {
			if (RunStore.list(join(place.root, "runs")).includes("interval"))
				most = Math.max(most, checkpointsOf("interval").list().length);
			return false;
		};
		const { events, result } = await train(place, "interval", config, { stop });
		expect(ofType(events, "checkpoint").map((e) => e.step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
		expect(ofType(events, "eval").map((e) => e.step)).toEqual([0, 6, 9]);
		// Two newest, and the best where it is older.
		expect(most).toBeLessThanOrEqual(3);
		const kept = checkpointsOf("interval").list();
		expect(new Set(kept.map((c) => c.step))).toEqual(new Set([8, 9, result.bestStep]));
	});

	it("are kept to the ends of epochs where no interval is given", async () => {
		const { events } = await train(place, "epochs", jobConfig(place, { task: null, evalEverySteps: 0 }));
		expect(ofType(events, "eval").map((e) => e.step)).toEqual([0, 3, 6, 9]);
		expect(ofType(events, "checkpoint").map((e) => e.step)).toEqual([3, 6, 9]);
	});
});

describe("what is held out", () => {
	it("takes the newest checkpoint for the best when there is nothing to compare", async () => {
		const config = jobConfig(place, { task: null, split: { validation: 0 } });
		const { events, result } = await train(place, "all", config);
		expect(ofType(events, "eval")).toEqual([]);
		expect(result).toMatchObject({ bestStep: result.steps, bestAccuracy: null });
	});

	it("can be a file of its own, whose prompts are never trained on", async () => {
		const rows = [0, 1, 2, 3, 4].map((i) => ({
			prompt: `Ben has ${i} coins. He finds 2 coins. How many coins does Ben have now?`,
			response: "#### 0",
			label: false,
		}));
		const validationPath = join(place.root, "validation.jsonl");
		writeFileSync(validationPath, rows.map((row) => JSON.stringify(row)).join("\n"));
		const config = jobConfig(place, { validationPath, task: null, globalBatch: 8, evalEverySteps: 0 });
		const { events, result, runDir } = await train(place, "own-file", config);
		// Four of the nine prompts are left: eight responses, one step an epoch.
		expect(result.steps).toBe(3);
		expect(ofType(events, "eval").map((e) => e.n)).toEqual([5, 5, 5, 5]);
		const tokens = logLines(runDir, "metrics").map((m) => m.responseTokens);
		expect(new Set(tokens).size).toBe(1);
	});

	it("leaves nothing to train on when all prompts are held out", async () => {
		const config = jobConfig(place, { validationPath: place.dataPath });
		await expect(train(place, "nothing", config)).rejects.toMatchObject({ code: "data-empty" });
	});

	it("needs scores for DQO, and names the first row without", async () => {
		const dataPath = join(place.root, "unscored.jsonl");
		writeFileSync(dataPath, '{"prompt":"1+1?","completion":"2"}\n{"prompt":"1+2?","completion":"3"}\n');
		const config = jobConfig(place, { dataPath, split: { validation: 0 } });
		await expect(train(place, "unscored", config)).rejects.toMatchObject({
			code: "data-invalid",
			message: expect.stringContaining("2 of 2 rows"),
		});
	});
});

describe("a run that goes wrong", () => {
	it("warns once when correct responses have lost probability for ten steps", async () => {
		// Rewards far below the values drive every response down, the correct ones too.
		const text = readFileSync(place.dataPath, "utf8");
		const dataPath = join(place.root, "low.jsonl");
		writeFileSync(dataPath, text.replaceAll('"label":', '"reward":-3,"label":'));
		const input = { dataPath, lr: 5e-3, valueLr: 0, valueWarmupEpochs: 0, epochs: 6, evalEverySteps: 100 };
		const { events } = await train(place, "losing", jobConfig(place, { ...input, task: null }));
		const ratios = ofType(events, "step").map((e) => e.metrics.logRatioCorrect as number);
		const warnings = ofType(events, "warning");
		expect(warnings.map((w) => w.code)).toEqual(["correct-responses-lose-probability"]);
		const at = events.indexOf(warnings[0] as EventBody);
		const before = ofType(events.slice(0, at), "step").length;
		expect(ratios.slice(before - 10, before).every((ratio) => ratio < -0.01)).toBe(true);
		expect(ratios[before - 11] ?? 0).toBeGreaterThanOrEqual(-0.01);
		expect(warnings[0]?.message).toContain(`at step ${before}`);
	});

	it("stops with the step and the tensors, and leaves the run to be resumed", async () => {
		const config = jobConfig(place, {
			adapter: { type: "full" },
			lr: 1e30,
			valueWarmupEpochs: 1,
			task: null,
		});
		await expect(train(place, "diverged", config)).rejects.toMatchObject({
			code: "diverged",
			message: expect.stringMatching(/step 5: .*gradients \(the first that of policy:/),
		});
		expect(checkpointsOf("diverged").last()?.step).toBe(3);
		expect(logLines(join(place.root, "runs", "diverged"), "metrics").map((m) => m.step)).toEqual([
			1, 2, 3, 4,
		]);
	});
});
