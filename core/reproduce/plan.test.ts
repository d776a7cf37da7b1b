import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { METHODS } from "../contract/run.ts";
import { temporaryFolder } from "../store/testing/temporary-folder.ts";
import { readVersioned } from "../store/versioned.ts";
import { edgesOf } from "./grid.ts";
import { makePlan } from "./make-plan.ts";
import { PLAN, planSchema, trialsOf } from "./plan.ts";
import { Settings } from "./settings.ts";

const starter = { modelDir: "/m", trainPath: "/train", validationPath: "/validation", testPath: "/test" };

describe.each(["full", "quick"] as const)("the %s plan", (form) => {
	const plan = makePlan({ form, seeds: 3, rare: false });

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
		const grids = plan.variants.flatMap(({ grid }) => (grid === null ? [] : [grid.length]));
		expect(new Set(grids)).toEqual(new Set([3]));
		for (const variant of plan.variants) {
			const trials = trialsOf(plan, variant, variant.grid ?? [{ lr: 1e-5, beta: 0.1 }]);
			expect(new Set(trials.map(({ seed }) => seed))).toEqual(new Set([0, 1, 2]));
			for (const trial of trials) {
				const { config } = settings.train(trial, false);
				expect(config).toMatchObject({
					...{ method: variant.method, lr: trial.point.lr, seed: trial.seed, adapter: { type: "full" } },
					...{ validationPath: "/validation", evalLimit: plan.validationProblems, threads: 1 },
				});
				expect(config.beta).toBe(trial.point.beta ?? 0.03);
				expect(config.dataPath).toContain(variant.data);
			}
		}
	});

	it("changes one thing in each variation of DQO", () => {
		const settings = new Settings(plan, starter, "/out");
		const configOf = (id: string) => {
			const variant = plan.variants.find((v) => v.id === id);
			const [trial] = variant ? trialsOf(plan, variant, [{ lr: 3e-5, beta: 0.1 }]) : [];
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

	it("tries first what is an inner point of every grid", () => {
		for (const { grid } of plan.variants) if (grid?.[0]) expect(edgesOf(grid, grid[0])).toEqual([]);
	});

	it("reads V on validation problems that choose no checkpoint", () => {
		expect(plan.validationProblems + plan.valueProblems).toBeLessThanOrEqual(500);
	});
});

describe("the plan of rare correct samples", () => {
	it("uses the same files of rarely solved problems for every method, 16 samples each, and no ablations", () => {
		const plan = makePlan({ form: "full", seeds: 3, rare: true });
		expect(planSchema.parse(plan)).toEqual(plan);
		expect(plan).toMatchObject({ samples: 16, rare: { samples: 8, maxSolved: 0.25 } });
		const settings = new Settings(plan, starter, "/out");
		expect(settings.probe("test", 8)).toMatchObject({
			dataPath: "/test",
			outPath: "/out/data/probe-test.jsonl",
		});
		expect(settings.generate(0).dataPath).toBe("/out/data/rare-train.jsonl");
		expect(settings.test("x", "/m").dataPath).toBe("/out/data/rare-test.jsonl");
		for (const variant of plan.variants) {
			const [trial] = trialsOf(plan, variant);
			if (!trial) throw new Error(`${variant.id} has no grid`);
			expect(settings.train(trial, false).config.validationPath).toBe("/out/data/rare-validation.jsonl");
		}
	});
});

it("reads a plan of version 1: learning rates become a grid, and all problems are used", () => {
	const path = join(temporaryFolder(), "plan.json");
	const plan = makePlan({ form: "quick", seeds: 1, rare: false });
	const { rare: _, ...rest } = plan;
	const variants = plan.variants.map(({ grid, ...variant }) => ({ ...variant, rates: grid && [1e-5, 1e-4] }));
	writeFileSync(path, JSON.stringify({ ...rest, schemaVersion: 1, variants }));
	const read = readVersioned(path, PLAN);
	expect(read.rare).toBeNull();
	for (const { grid } of read.variants) {
		const expected = [1e-5, 1e-4].map((lr) => ({ lr, beta: null }));
		expect(grid === null ? expected : grid).toEqual(expected);
	}
});
