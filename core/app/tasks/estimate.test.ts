import { expect, test } from "vitest";
import type { TaskSpec, TaskState } from "../../contract/api-tasks.ts";
import { PAPER_SAMPLING } from "../../contract/sampling.ts";
import { typicalCpu } from "../../training/estimate.ts";
import type { Counts } from "../data/manifest.ts";
import type { RunService } from "../runs/service.ts";
import { type EstimateServices, estimateTask } from "./estimate.ts";

const counts = { prompts: 50, examples: 200, labelled: 200, withReference: 200 } as Counts;
const spec: Extract<TaskSpec, { kind: "generate" }> = {
	kind: "generate",
	name: "n",
	model: { type: "model", id: "m" },
	dataId: "d",
	task: "gsm8k",
	template: "{problem}",
	sampling: { ...PAPER_SAMPLING, n: 4, maxNewTokens: 90 },
	maxPromptTokens: 300,
	limit: 10,
	dedupe: false,
};
const services = (tasks: TaskState[]): EstimateServices => ({
	models: {
		resolve: () => ({ parameters: 1e9, layers: 10 }) as ReturnType<EstimateServices["models"]["resolve"]>,
	},
	// A model's size is asked of the models alone.
	runs: {} as RunService,
	counts: (id) => (id === "d" ? counts : null),
	tasks: () => tasks,
	throughput: () => typicalCpu(2),
});
const done = (of: TaskSpec, result: unknown): TaskState => ({
	...{
		id: "t",
		kind: of.kind,
		name: "Last",
		spec: of,
		state: "completed",
		phase: null,
		done: 0,
		total: null,
	},
	...{
		secondsLeft: null,
		createdAt: 1000,
		finishedAt: 21_000,
		result,
		failure: null,
		dataIds: [],
		runId: null,
	},
});
const generated = {
	...{ reason: "completed", outPath: "o", prompts: 10, responses: 100, skippedPrompts: 0, correct: 1 },
	...{ responseTokens: 3000, truncated: 0, duplicates: 0, resumed: 20, wallSeconds: 40 },
};

test("responses take as long as the last ones of the model did, for as many and as long ones", () => {
	// 40 s for 80 new responses of 30 tokens: half a second each; 40 of them are asked for, of 90 tokens at the most.
	const estimate = estimateTask(spec, services([done(spec, generated)]));
	expect(estimate).toMatchObject({ seconds: 20, mostSeconds: 60, from: "at the pace of Last" });
	const short = { ...spec, sampling: { ...spec.sampling, maxNewTokens: 15 } };
	expect(estimateTask(short, services([done(spec, generated)]))).toMatchObject({
		seconds: 10,
		mostSeconds: 10,
	});
});

test("of a model that made none yet the size says it: 2 operations a weight and token, each weight read once a token", () => {
	const other = { ...spec, model: { type: "model", id: "other" } as const };
	const estimate = estimateTask(other, services([done(spec, generated)]));
	// 40 rows x (30 + 100) tokens x 2e9 operations at 2.3e11, and 30 tokens x 4e9 bytes at 7.5e10.
	expect(estimate?.seconds).toBeCloseTo((40 * 130 * 2e9) / 2.3e11 + (30 * 4e9) / 7.5e10, 0);
	expect(estimate?.mostSeconds).toBeGreaterThan(estimate?.seconds ?? 0);
});

test("grading goes at the pace of the last grading; without one nothing is claimed", () => {
	const grade: TaskSpec = { kind: "grade", name: "g", dataId: "d", task: "gsm8k" };
	expect(estimateTask(grade, services([]))).toBeNull();
	const rest = { accuracy: 0.5, withoutReference: 0, labels: null, outPath: null };
	const result = { reason: "completed", graded: 100, correct: 50, ...rest };
	const estimate = estimateTask(grade, services([done(grade, result)]));
	expect(estimate).toMatchObject({ seconds: 40, mostSeconds: null });
	expect(estimateTask({ ...grade, dataId: "unread" }, services([]))).toBeNull();
});
