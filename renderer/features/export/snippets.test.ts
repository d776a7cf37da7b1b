import { expect, test } from "vitest";
import { snippets } from "./snippets.ts";

test("each format is opened by its own library, in a few lines", () => {
	expect(snippets("hf", "/d/a-hf").map(({ text }) => text)).toEqual([
		'from transformers import pipeline\ngenerate = pipeline("text-generation", model="/d/a-hf")',
		"vllm serve /d/a-hf",
	]);
	expect(snippets("onnx", "/d/a-onnx").map(({ text }) => text)).toEqual([
		'env.localModelPath = "/d/";\nconst generate = await pipeline("text-generation", "a-onnx");',
	]);
	expect(snippets("peft", "/d/a").map(({ label }) => label)).toEqual([
		"PEFT",
		"PEFT where the base model lies elsewhere",
	]);
	expect(snippets("gguf", "/d/a b").map(({ text }) => text)).toEqual([
		"llama-cli -m '/d/a b/model.gguf'",
		"ollama create my-model -f '/d/a b/Modelfile'\nollama run my-model",
		"lms import '/d/a b/model.gguf'",
	]);
});

test("paths with quotes, spaces and backslashes stay one string", () => {
	const [python, shell] = snippets("hf", `/d/Ann's "x"`).map(({ text }) => text);
	expect(python).toContain(String.raw`model="/d/Ann's \"x\"")`);
	expect(shell).toBe(String.raw`vllm serve '/d/Ann'\''s "x"'`);
	expect(snippets("peft", "C:\\m")[0]?.text).toContain(String.raw`"C:\\m"`);
});
