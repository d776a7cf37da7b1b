import { expect, test } from "vitest";
import type { ModelEntry } from "../../../core/contract/api-models.ts";
import type { RunSummary } from "../../../core/contract/api-runs.ts";
import { matching, modelOptions, refOf } from "./model-options.ts";

const model = (part: Partial<ModelEntry>) => ({ state: "ready", builtIn: false, ...part }) as ModelEntry;
const run = (part: Partial<RunSummary>) =>
	({
		...{ method: "dqo", dataName: "scored", modelName: "Starter", lastSavedStep: 10 },
		...{ bestAccuracy: null, heldOutLoss: null },
		...part,
	}) as RunSummary;
const options = modelOptions(
	[model({ id: "s", name: "Starter", builtIn: true }), model({ id: "x", name: "Odd", state: "refused" })],
	[
		run({ id: "w/t001", name: "Sweep t001", bestAccuracy: 0.84 }),
		run({ id: "r2", name: "Second", method: "sft", heldOutLoss: 0.4123 }),
		run({ id: "r3", name: "No checkpoint", lastSavedStep: null }),
	],
);

test("models and runs are told by method, data, model and result; what cannot answer is left out", () => {
	expect(options).toEqual([
		{ value: "model:s", label: "Starter", detail: "built-in model", metric: "" },
		{ value: "run:w/t001", label: "Sweep t001", detail: "DQO on scored, from Starter", metric: "84.0 %" },
		{ value: "run:r2", label: "Second", detail: "SFT on scored, from Starter", metric: "loss 0.412" },
	]);
	expect(refOf("run:w/t001")).toEqual({ type: "run", id: "w/t001", checkpoint: "best" });
	expect(refOf("model:s")).toEqual({ type: "model", id: "s" });
});

test("every word that is typed must be somewhere", () => {
	const found = (typed: string) => matching(options, typed).map(({ value }) => value);
	expect(found(" ")).toHaveLength(3);
	expect(found("dqo scored")).toEqual(["run:w/t001"]);
	expect(found("STARTER 84")).toEqual(["run:w/t001"]);
	expect(found("nothing")).toEqual([]);
});
