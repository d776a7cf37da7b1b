import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { untrainedFiles } from "./files.ts";
import { measure } from "./measure.ts";
import { drawSplit } from "./problems.ts";
import { RECIPE } from "./recipe.ts";

const kit = fileURLToPath(new URL("../../resources/starter/", import.meta.url));
const files = untrainedFiles(RECIPE);

describe("the committed kit", () => {
	test("data, tokenizer and configuration are exactly what the recipe makes", () => {
		for (const [path, content] of files) expect(readFileSync(kit + path, "utf8"), path).toBe(content);
	});

	test("holds the promised numbers of problems, each once", () => {
		const questions = ["train", "validation", "test"].flatMap((split) => {
			const rows = (files.get(`data/${split}.jsonl`) ?? "").trim().split("\n");
			expect(rows.length).toBe(RECIPE.splits[split as keyof typeof RECIPE.splits]);
			return rows.map((row) => (JSON.parse(row) as { question: string }).question);
		});
		expect(new Set(questions).size).toBe(questions.length);
	});

	test("the model solves problems without traps and falls into most traps, as its card says", async () => {
		const scenes = drawSplit("test", RECIPE.splits.test, RECIPE.seed).slice(0, 120);
		const { greedy, passAt8, greedyByTrap } = await measure(`${kit}model`, scenes);
		expect(greedyByTrap.none).toBeGreaterThan(0.9);
		for (const trap of ["distractor", "lose", "fewer", "boxes"])
			expect(greedyByTrap[trap], trap).toBeLessThan(0.5);
		// Four standard errors of 120 problems around the middle of what the kit promises, 40 to 60 %.
		expect(Math.abs(greedy - 0.5)).toBeLessThan(0.1 + 4 * 0.046);
		expect(passAt8).toBeGreaterThan(greedy + 0.1);
	}, 20_000);
});
