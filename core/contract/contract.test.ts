import { describe, expect, it } from "vitest";
import { fromFailure, RemoteBug, toFailure } from "./error-body.ts";
import { AppError } from "./errors.ts";
import { engineEventSchema, eventBodySchema } from "./events.ts";
import { stepMetricsSchema } from "./metrics.ts";
import { nearest } from "./nearest.ts";
import { type FieldProblem, resolveRunConfig } from "./resolve.ts";
import { adapterSchema, runConfigSchema } from "./run.ts";
import { applyTemplate, PROMPT_TEMPLATES, templateSchema } from "./task.ts";

const paths = { modelDir: "m", dataPath: "d.jsonl" };

function problemsOf(input: Record<string, unknown>): FieldProblem[] {
	try {
		resolveRunConfig(input);
	} catch (error) {
		if (!(error instanceof AppError)) throw error;
		expect(error.code).toBe("config-invalid");
		return (error.details as { problems: FieldProblem[] }).problems;
	}
	return [];
}

describe("resolveRunConfig", () => {
	it("fills the paper's defaults, and a resolved configuration resolves to itself", () => {
		const config = resolveRunConfig(paths);
		expect(config).toMatchObject({
			method: "dqo",
			beta: 0.03,
			lambda: 1,
			globalBatch: 256,
			importanceWeight: "both",
		});
		expect(config.adapter).toEqual({ type: "lora", rank: 16, alpha: 32 });
		expect(resolveRunConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
	});

	it("takes a tenth of the LoRA learning rate for full fine-tuning, and the method's own batch", () => {
		const lora = resolveRunConfig(paths);
		const full = resolveRunConfig({ ...paths, adapter: { type: "full" } });
		expect(full.lr * 10).toBeCloseTo(lora.lr, 12);
		expect(resolveRunConfig({ ...paths, method: "sft" })).toMatchObject({
			globalBatch: 64,
			valueWarmupEpochs: 0,
		});
	});

	it("keeps alpha at twice the rank unless it is given, and ignores undefined", () => {
		expect(resolveRunConfig({ ...paths, adapter: { type: "lora", rank: 4 } }).adapter).toMatchObject({
			alpha: 8,
		});
		expect(resolveRunConfig({ ...paths, adapter: { type: "lora", alpha: 1 } }).adapter).toMatchObject({
			rank: 16,
			alpha: 1,
		});
		expect(resolveRunConfig({ ...paths, beta: undefined }).beta).toBe(0.03);
	});

	it("names every invalid field at once", () => {
		const problems = problemsOf({
			beta: -1,
			lr: Number.NaN,
			globalBatch: 1.5,
			schedule: "linear",
			betta: 1,
			split: { validation: 0.6, test: 0.6 },
			adapter: { type: "lora", rank: 0 },
		});
		const fields = problems.map((p) => p.field).sort();
		expect(fields).toEqual(
			[
				"adapter.rank",
				"beta",
				"betta",
				"dataPath",
				"globalBatch",
				"lr",
				"modelDir",
				"schedule",
				"split",
			].sort(),
		);
		expect(problems.find((p) => p.field === "betta")?.reason).toContain("did you mean beta?");
		expect(problems.find((p) => p.field === "modelDir")?.reason).toBe("must be given");
	});

	it("refuses KTO with one response a step, which has no other to be compared with", () => {
		const [problem, ...more] = problemsOf({ ...paths, method: "kto", globalBatch: 1 });
		expect([problem?.field, more]).toEqual(["globalBatch", []]);
		expect(problem?.reason).toMatch(/at least 2.*z0/);
		expect(problemsOf({ ...paths, method: "kto", globalBatch: 2 })).toEqual([]);
		expect(problemsOf({ ...paths, method: "dqo", globalBatch: 1 })).toEqual([]);
	});

	it("describes every field, so that a form can be made of the schema", () => {
		const [lora] = adapterSchema.options;
		for (const shape of [runConfigSchema.shape, runConfigSchema.shape.split.shape]) {
			for (const [name, field] of Object.entries(shape)) {
				if (name !== "adapter") expect(field.description, name).toMatch(/\w{3}/);
			}
		}
		expect(lora.shape.rank.description).toMatch(/rank/);
	});
});

describe("events", () => {
	it("refuse unknown fields and numbers that JSON cannot carry", () => {
		expect(eventBodySchema.safeParse({ type: "log", message: "x" }).success).toBe(true);
		expect(eventBodySchema.safeParse({ type: "log", message: "x", more: 1 }).success).toBe(false);
		const progress = { type: "progress", phase: "train", done: 1, total: 2, secondsLeft: Number.NaN };
		expect(eventBodySchema.safeParse(progress).success).toBe(false);
	});

	it("list every kind both with and without the envelope", () => {
		const kind = (option: { shape: { type: { value: string } } }) => option.shape.type.value;
		expect(engineEventSchema.options.map(kind)).toEqual(eventBodySchema.options.map(kind));
	});
});

describe("failures", () => {
	it("cross a process boundary: expected errors as they are, bugs with their stack", () => {
		const error = new AppError({ code: "disk-full", message: "m", hint: "h", details: { bytes: 1 } });
		const back = fromFailure(JSON.parse(JSON.stringify(toFailure(error))));
		expect(back).toBeInstanceOf(AppError);
		expect((back as AppError).toBody()).toEqual(error.toBody());

		const bug = fromFailure(toFailure(new TypeError("x is not a function")));
		expect(bug).toBeInstanceOf(RemoteBug);
		expect(bug.name).toBe("TypeError");
		expect(bug.stack).toContain("contract.test.ts");
	});
});

describe("templates", () => {
	it("keep replacement patterns in a problem as they are", () => {
		expect(applyTemplate(PROMPT_TEMPLATES.plain, "costs $& or $1")).toBe("costs $& or $1");
	});
	it("are worded as in the paper's appendix A", () => {
		expect(applyTemplate(PROMPT_TEMPLATES.gsm8k, "Q?")).toBe(
			"Q?\nPlease reason step by step, and produce a final answer following 4 #, like '#### 0'.",
		);
		expect(applyTemplate(PROMPT_TEMPLATES.math, "Q?")).toBe(
			"Q?\nPlease reason step by step, and put your final answer within \\boxed{}.",
		);
	});
	it("hold the problem exactly once", () => {
		for (const template of Object.values(PROMPT_TEMPLATES))
			expect(templateSchema.safeParse(template).success).toBe(true);
		expect(templateSchema.safeParse("no place").success).toBe(false);
		expect(templateSchema.safeParse("{problem}{problem}").success).toBe(false);
	});
});

describe("nearest", () => {
	it("finds a near word and nothing when all are far", () => {
		expect(nearest("max-step", ["max-steps", "model", "seed"])).toBe("max-steps");
		expect(nearest("zzzzzz", ["max-steps", "model"])).toBeUndefined();
	});
});

describe("files of older runs", () => {
	it("reads steps, evaluations and samples that were written before newer fields were measured", () => {
		const metrics = {
			...{ step: 1, epoch: 0.1, phase: "train", policyLoss: 1, valueLoss: null, policyGradNorm: 1 },
			...{ valueGradNorm: null, lr: 1, valueLr: null, logRatioCorrect: null, logRatioWrong: null },
			...{ klEstimate: null, importanceWeightMean: null, importanceWeightClippedShare: null },
			...{ valueFirst: null, valueLast: null, valueExplainedVariance: null, responseTokens: 1 },
			...{ responseTokensPerSecond: 1, memoryBytes: 1, elapsedMs: 1 },
		};
		const later = ["importanceWeightP10", "importanceWeightMedian", "importanceWeightP90"];
		later.push("valueLastCorrect", "valueLastWrong", "rewardMean", "correctShare");
		later.push("deviceInBytes", "deviceOutBytes", "lossScale");
		expect(stepMetricsSchema.parse(metrics)).toEqual({
			...metrics,
			...Object.fromEntries(later.map((name) => [name, null])),
		});
		const sample = { row: 1, prompt: "p", response: "r", reference: null, correct: null };
		const evaluation = {
			...{ schemaVersion: 1, seq: 1, time: "2026-01-01T00:00:00.000Z", type: "eval", step: 0, n: 1 },
			...{ split: "validation", accuracy: 0, heldOutLoss: null, valueAuc: null, samples: [sample] },
		};
		expect(engineEventSchema.parse(evaluation)).toEqual({
			...evaluation,
			accuracyInterval: null,
			samples: [{ ...sample, extracted: null }],
		});
	});
});
