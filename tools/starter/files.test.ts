import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { untrainedFiles } from "./files.ts";
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
});
