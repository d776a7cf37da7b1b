import { existsSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { loadDataset } from "./dataset.ts";

const data = path.resolve(process.env.DQO_DATA_DIR ?? path.join(import.meta.dirname, "../../../shared/data"));
describe.skipIf(!existsSync(data))("real data sets (skipped when DQO_DATA_DIR is absent)", () => {
	it.each([
		["gsm8k/train.jsonl", "question-answer", 7473],
		["gsm8k/test.jsonl", "question-answer", 1319],
		["gsm8k/example_model_solutions.jsonl", "model-outputs", 5276],
		["math/math500.jsonl", "problem-solution", 500],
	])("%s is a clean %s", async (name, kind, count) => {
		const dataset = await loadDataset(path.join(data, name));
		expect([dataset.kind, dataset.examples.length, dataset.problems.errors]).toEqual([kind, count, 0]);
	});
});
