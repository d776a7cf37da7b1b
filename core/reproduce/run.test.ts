import { readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { temporaryFolder } from "../store/testing/temporary-folder.ts";
import { makePlan } from "./make-plan.ts";
import type { Plan } from "./plan.ts";
import { type Overview, reportPaths, reproduce } from "./run.ts";

const resource = (name: string) => fileURLToPath(new URL(`../../resources/starter/${name}`, import.meta.url));
const starter = {
	modelDir: resource("model"),
	trainPath: resource("data/train.jsonl"),
	validationPath: resource("data/validation.jsonl"),
	testPath: resource("data/test.jsonl"),
};

/** The smallest plan with a grid, a borrowed rate, pairs and process scores. */
function tinyPlan(): Plan {
	const plan = makePlan({ form: "quick", seeds: 1, rare: false });
	const kept = plan.variants.filter(({ id }) => ["dpo", "dqo", "dqo-process"].includes(id));
	return {
		...plan,
		...{ prompts: 6, samples: 4, rollouts: 2, globalBatch: 12, evalEverySteps: 2, validationProblems: 4 },
		...{ valueProblems: 6, valueSamples: 3, testProblems: 10, sampledSeeds: 1 },
		variants: kept.map((variant) => ({ ...variant, grid: [{ lr: 1e-5, beta: null }], epochs: 1 })),
	};
}

it("runs every stage once, and after an interruption only what is missing", {
	timeout: 240_000,
}, async () => {
	const outDir = join(temporaryFolder(), "reproduction");
	const overviews: Overview[] = [];
	const done: string[] = [];
	const options = {
		...{ outDir, starter, plan: tinyPlan(), parallel: 2 },
		onPlan: (overview: Overview) => overviews.push(overview),
		onProgress: ({ id }: { id: string }) => done.push(id),
		onInterrupt: () => () => {},
	};
	await expect(reproduce({ ...options, resume: true })).rejects.toMatchObject({ code: "run-missing" });
	const first = await reproduce({ ...options, resume: false });
	expect(overviews).toMatchObject([{ stages: 13, finished: 0, trainingRuns: 3, tests: 4 }]);
	expect(done).toHaveLength(13);
	expect(first.measured.map(({ id }) => id)).toEqual(["dpo", "dqo", "dqo-process"]);
	expect(first.base.n).toBe(10);
	expect(first.values?.hasScores).toBe(true);
	await expect(reproduce({ ...options, resume: false })).rejects.toMatchObject({ code: "run-exists" });

	// A kill between a test's end and its result: the graded problems are there, the result is not.
	rmSync(join(outDir, "stages", "test-dqo-seed0.json"));
	const paths = reportPaths(outDir);
	for (const path of Object.values(paths)) rmSync(path);
	done.length = 0;
	const again = await reproduce({ ...options, resume: true });
	expect(overviews[1]).toMatchObject({ stages: 13, finished: 12 });
	expect(done).toEqual(["test-dqo-seed0"]);
	expect({ ...again, stageSeconds: 0 }).toEqual({ ...first, stageSeconds: 0 });
	expect(JSON.parse(readFileSync(paths.json, "utf8"))).toEqual(again);
	for (const path of Object.values(paths)) expect(statSync(path).size).toBeGreaterThan(1000);
});
