import { describe, expect, it } from "vitest";
import { METHODS } from "../contract/run.ts";
import { bestRate, makePlan, planSchema, trialsOf } from "./plan.ts";
import { Settings } from "./settings.ts";

const starter = { modelDir: "/m", trainPath: "/train", validationPath: "/validation", testPath: "/test" };

describe.each(["full", "quick"] as const)("the %s plan", (form) => {
	const plan = makePlan(form, 3);

	it("is a plan, and has every method and variation", () => {
		expect(planSchema.parse(plan)).toEqual(plan);
		const ids = plan.variants.map(({ id }) => id);
		expect(ids).toEqual(
			expect.arrayContaining([...METHODS, "dqo-process", "dqo-weight-neither", "dqo-lambda-0.95"]),
		);
		expect(new Set(ids).size).toBe(ids.length);
	});

	it("treats every method alike: seeds, validation problems, size of the grid, data of one sampling", () => {
		const settings = new Settings(plan, starter, "/out");
		const grids = plan.variants.flatMap(({ rates }) => (rates === null ? [] : [rates.length]));
		expect(new Set(grids)).toEqual(new Set([form === "full" ? 3 : 2]));
		for (const variant of plan.variants) {
			const trials = trialsOf(plan, variant, variant.rates ?? [1e-5]);
			expect(new Set(trials.map(({ seed }) => seed))).toEqual(new Set([0, 1, 2]));
			for (const trial of trials) {
				const { config } = settings.train(trial, false);
				expect(config).toMatchObject({
					...{ method: variant.method, lr: trial.rate, seed: trial.seed, adapter: { type: "full" } },
					...{ validationPath: "/validation", evalLimit: plan.validationProblems, threads: 1 },
				});
				expect(config.dataPath).toContain(variant.data);
			}
		}
	});

	it("changes one thing in each variation of DQO", () => {
		const settings = new Settings(plan, starter, "/out");
		const configOf = (id: string) => {
			const variant = plan.variants.find((v) => v.id === id);
			const [trial] = variant ? trialsOf(plan, variant, [3e-5]) : [];
			if (!trial) throw new Error(id);
			const { keepCheckpoints: _, ...config } = settings.train(trial, false).config;
			return config;
		};
		const base = configOf("dqo");
		expect(configOf("dqo-weight-neither")).toEqual({ ...base, importanceWeight: "neither" });
		expect(configOf("dqo-weight-policy")).toEqual({ ...base, importanceWeight: "policy" });
		expect(configOf("dqo-lambda-0.9")).toEqual({ ...base, lambda: 0.9 });
		expect(configOf("dqo-process")).toEqual({ ...base, dataPath: "/out/data/process-seed0.jsonl" });
	});

	it("reads V on validation problems that choose no checkpoint", () => {
		expect(plan.validationProblems + plan.valueProblems).toBeLessThanOrEqual(500);
	});
});

describe("bestRate", () => {
	const outcome = (rate: number, accuracy: number | null) => ({ rate, accuracy });

	it("takes the highest mean over seeds, not the highest single run", () => {
		// 1e-4: (0.9 + 0.3) / 2 = 0.6; 1e-5: (0.7 + 0.7) / 2 = 0.7.
		const outcomes = [outcome(1e-4, 0.9), outcome(1e-4, 0.3), outcome(1e-5, 0.7), outcome(1e-5, 0.7)];
		expect(bestRate(outcomes)).toBe(1e-5);
	});

	it("takes the lower rate at a tie and counts a broken run as all wrong", () => {
		expect(bestRate([outcome(1e-4, 0.5), outcome(1e-5, 0.5)])).toBe(1e-5);
		expect(bestRate([outcome(1e-4, 0.9), outcome(1e-4, null), outcome(1e-5, 0.5), outcome(1e-5, 0.5)])).toBe(
			1e-5,
		);
	});
});
