import { describe, expect, it } from "vitest";
import { draftSchema } from "../../../core/contract/api-runs.ts";
import { resolveRunConfig } from "../../../core/contract/resolve.ts";
import { METHODS, runConfigSchema } from "../../../core/contract/run.ts";
import { ADVANCED_GROUPS, fieldAt } from "./fields.ts";
import {
	defaultConfig,
	defaultMinSteps,
	EMPTY_FORM,
	formProblems,
	productText,
	readings,
	runCount,
	type TrainForm,
	toDraft,
	valueAt,
	withPreset,
	withRun,
} from "./form.ts";

const form = (change: Partial<TrainForm> = {}): TrainForm => ({
	...EMPTY_FORM,
	modelId: "m",
	dataId: "d",
	...change,
});
const search = (method: "grid" | "random" | "asha") => ({ ...EMPTY_FORM.search, method });

describe("fields", () => {
	it("cover the run configuration and exist in it", () => {
		const hidden = [
			"schemaVersion",
			"method",
			"modelDir",
			"dataPath",
			"validationPath",
			"validationColumns",
			"columns",
			"invalidRows",
			"adapter",
			"split",
			"betas",
		];
		for (const name of Object.keys(runConfigSchema.shape))
			if (!hidden.includes(name)) expect(fieldAt(name), name).toBeDefined();
		for (const method of METHODS)
			for (const { path } of ADVANCED_GROUPS.flatMap(({ fields }) => fields))
				expect(valueAt(defaultConfig({ method, values: {} }), path), path).not.toBeUndefined();
	});
});

describe("a draft", () => {
	it("of an untouched form is a single run with nothing but its method", () => {
		expect(toDraft(form(), null)).toMatchObject({
			fields: { method: "dqo" },
			space: {},
			search: { method: "grid", trials: null },
		});
		expect(toDraft(form({ dataId: null }), null)).toBeNull();
	});

	it("holds single values as fields and several as axes", () => {
		const made = toDraft(
			form({
				texts: { beta: "0.1", lr: "1e-6..1e-5:3 log", lambda: "0.95, 1" },
				values: { epochs: 3, "split.test": 0.1, "betas.1": 0.95 },
			}),
			null,
		);
		expect(draftSchema.parse(made)).toMatchObject({
			fields: { method: "dqo", beta: 0.1, epochs: 3, split: { test: 0.1 }, betas: [0.9, 0.95] },
			space: { lr: { min: 1e-6, max: 1e-5, scale: "log", count: 3 }, lambda: { values: [0.95, 1] } },
		});
	});

	it("leaves out what its method does not read", () => {
		const made = toDraft(
			form({ method: "sft", texts: { beta: "0.1, 1", lr: "1e-4" }, values: { valueFunction: "shared" } }),
			null,
		);
		expect(made).toMatchObject({ fields: { method: "sft", lr: 1e-4 }, space: {} });
		expect(made?.fields).not.toHaveProperty("valueFunction");
		const full = toDraft(form({ values: { "adapter.type": "full", "adapter.rank": 8 } }), null);
		expect(full?.fields.adapter).toEqual({ type: "full" });
		expect(toDraft(form({ values: { "adapter.rank": 8 } }), null)?.fields.adapter).toEqual({
			type: "lora",
			rank: 8,
		});
	});

	it("names the steps of an early stop once they are known", () => {
		const asha = form({ texts: { beta: "0.1, 1" }, search: search("asha") });
		expect(toDraft(asha, null)?.search).toMatchObject({ method: "grid", minSteps: null });
		expect(toDraft(asha, 40)?.search).toMatchObject({ method: "asha", minSteps: 40, reduction: 3 });
		expect(defaultMinSteps(300, 100, 1)).toBe(167);
		expect(defaultMinSteps(3, 1, 1)).toBe(2);
	});
});

describe("what is wrong", () => {
	it("is said field by field, before anything is asked", () => {
		expect(formProblems(form())).toEqual({});
		const found = formProblems(
			form({
				dataId: null,
				texts: { beta: "-1", lambda: "0.5, 2", lr: "1e-5, x" },
				values: { globalBatch: 0, epochs: undefined },
			}),
		);
		expect(Object.keys(found).sort()).toEqual(["beta", "dataId", "epochs", "globalBatch", "lambda", "lr"]);
		expect(found.lambda).toMatch(/^2: /);
		expect(formProblems(form({ values: { "split.validation": 0.6, "split.test": 0.6 } }))).toHaveProperty(
			"split",
		);
	});

	it("is silent about fields that the method does not read", () => {
		expect(
			formProblems(form({ method: "sft", texts: { beta: "x" }, values: { valueLr: undefined } })),
		).toEqual({});
	});
});

it("counts runs", () => {
	const swept = form({
		texts: { beta: "0.01, 0.03, 0.1, 0.3, 1", lr: "5e-8..5e-7:3 log", lambda: "0.95, 1" },
	});
	expect(runCount(swept)).toBe(30);
	expect(productText(readings(swept))).toBe("5 β × 3 learning rates × 2 λ");
	expect(runCount({ ...swept, search: search("random") })).toBe(20);
	expect(runCount(form({ texts: { beta: "1" } }))).toBe(1);
});

it("takes presets and runs over", () => {
	const preset = {
		method: "sft" as const,
		fields: { adapter: { type: "full" }, globalBatch: 64 },
		space: { lr: { values: [2e-5, 1e-5] }, epochs: { values: [3, 1] } },
	};
	const taken = withPreset(form({ values: { seed: 3 } }), preset);
	expect(taken).toMatchObject({
		method: "sft",
		texts: { lr: "2e-5, 1e-5", epochs: "3, 1" },
		added: ["epochs"],
		values: { "adapter.type": "full", globalBatch: 64 },
	});
	expect(runCount(taken)).toBe(4);
	const config = resolveRunConfig({
		method: "dqo",
		modelDir: "m",
		dataPath: "d",
		adapter: { type: "full" },
		beta: 0.3,
		betas: [0.8, 0.9],
		lr: 1e-6,
	});
	const draft = toDraft(withRun(form(), config), null);
	expect(resolveRunConfig({ ...draft?.fields, modelDir: "m", dataPath: "d" })).toEqual(config);
});
