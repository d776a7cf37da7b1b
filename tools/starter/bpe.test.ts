import { Template } from "@huggingface/jinja";
import { Tokenizer } from "@huggingface/tokenizers";
import { describe, expect, test } from "vitest";
import { byteAlphabet, trainBpe } from "./bpe.ts";
import { answer, drawSplit, question } from "./problems.ts";
import { CHAT_TEMPLATE, SPECIAL_TOKENS, starterVocabulary, tokenizerFiles } from "./tokenizer-files.ts";

const vocabulary = starterVocabulary(0, 512);
const files = tokenizerFiles(vocabulary);
const tokenizer = new Tokenizer(files["tokenizer.json"] as object, files["tokenizer_config.json"] as object);
const encode = (text: string) => tokenizer.encode(text, { add_special_tokens: false });

describe("byte-level BPE", () => {
	test("learns the merges of the textbook example by hand", () => {
		// 10 x "hug", 5 x "pug", 12 x "pun", 4 x "bun", 5 x "hugs": the pairs ug 20, un 16 and h+ug 15 come first.
		const corpus = [
			"hug ".repeat(10),
			"pug ".repeat(5),
			"pun ".repeat(12),
			"bun ".repeat(4),
			"hugs ".repeat(5),
		];
		const texts = corpus.flatMap((line) => line.trim().split(" "));
		const { merges } = trainBpe(texts, [], 256 + 90 + 3);
		expect(merges.slice(90)).toEqual([
			["u", "g"],
			["u", "n"],
			["h", "ug"],
		]);
	});

	test("the byte alphabet is 256 different printable characters, GPT-2's for space and newline", () => {
		const alphabet = byteAlphabet();
		expect(new Set(alphabet).size).toBe(256);
		expect([alphabet[32], alphabet[10], alphabet[65]]).toEqual(["Ġ", "Ċ", "A"]);
	});

	test("any text comes back as it was, through a tokenizer that we did not write", () => {
		const texts = [
			"Tom has 7 apples.\n#### 27",
			"naïve café, ﬁne — “quoted”",
			"😀👩‍👩‍👧 日本語 العربية",
			"  two  spaces\t\ttabs\r\n\r\n",
			"don't we'll 3.14 1,000,000 x==y",
			String.fromCodePoint(...Array.from({ length: 512 }, (_, i) => i + 1)),
		];
		for (const text of texts) expect(tokenizer.decode(encode(text).ids)).toBe(text);
	});

	test("a number up to 99 is one token wherever it stands, and a word of the problems is one token", () => {
		expect(encode("31-5=26").tokens).toEqual(["31", "-", "5", "=", "26"]);
		expect(encode(" 31 144").tokens).toEqual(["Ġ", "31", "Ġ", "14", "4"]);
		for (const scene of drawSplit("test", 300, 0)) {
			const words = question(scene).match(/[A-Za-z]+|\d+|[.?]/g) ?? [];
			const spaces = question(scene).match(/ (?=\d)/g) ?? [];
			expect(encode(question(scene)).tokens.length, question(scene)).toBe(words.length + spaces.length);
		}
	});

	test("the vocabulary is small, without double or missing ids", () => {
		expect(vocabulary.tokens.length).toBeLessThanOrEqual(512);
		expect(vocabulary.tokens.slice(0, 4)).toEqual(SPECIAL_TOKENS);
		expect(new Set(vocabulary.tokens).size).toBe(vocabulary.tokens.length);
	});

	test("the chat template opens the assistant's turn, and closes an answer with the end token", () => {
		const template = new Template(CHAT_TEMPLATE);
		const user = { role: "user", content: "2+2?" };
		expect(template.render({ messages: [user], add_generation_prompt: true })).toBe(
			"<|user|>2+2?<|assistant|>",
		);
		const whole = template.render({ messages: [user, { role: "assistant", content: "#### 4" }] });
		expect(whole).toBe("<|user|>2+2?<|assistant|>#### 4<|end|>");
		const tokens = encode(whole).tokens;
		expect([tokens[0], tokens.at(-1)]).toEqual(["<|user|>", "<|end|>"]);
		expect(() => template.render({ messages: [{ role: "system", content: "" }] })).toThrow(
			/user and assistant/,
		);
	});

	test("problems with their answers stay within 80 tokens", () => {
		for (const scene of drawSplit("test", 300, 0))
			expect(encode(question(scene) + answer(scene, { trap: false })).ids.length).toBeLessThanOrEqual(80);
	});
});
