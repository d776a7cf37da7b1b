import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { TextStream, tokenTexts } from "./text-stream.ts";
import { loadTokenizer, type Tokenizer } from "./tokenizer.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const folder = (name: string) => path.join(ROOT, "node_modules/@lenml", `tokenizer-${name}`, "models");

describe.each(["qwen2_5", "llama3_2", "llama2"])("the text of %s's tokens", (name) => {
	let tokenizer: Tokenizer;
	beforeAll(async () => {
		tokenizer = await loadTokenizer(folder(name));
	});

	it.each([
		"The answer is 42.\n#### 42",
		"  two spaces,\ttab\n\n\nbreaks",
		"naïve café, Größe, 日本語のテキスト, 한국어, 𒀀𒁹",
		"👩‍👩‍👧‍👦 family 🏳️‍🌈 flags 🇩🇪",
		"a real \uFFFD in the text",
		"x",
	])("is put together the whole: %s", (text) => {
		const tokens = tokenizer.encode(text);
		const texts = tokenTexts(tokens, tokenizer);
		expect(texts).toHaveLength(tokens.length);
		expect(texts.join("")).toBe(tokenizer.decode(tokens));
		// Nothing but whole characters is shown, though many of these tokens hold a part of one.
		if (!text.includes("\uFFFD")) expect(texts.filter((part) => part.includes("\uFFFD"))).toEqual([]);
	});

	it("holds for any tokens whatever, broken characters too", () => {
		let state = 7;
		for (let round = 0; round < 20; round++) {
			const tokens = Array.from({ length: 60 }, () => {
				state = (state * 1103515245 + 12345) % 2 ** 31;
				return state % tokenizer.vocabSize;
			});
			expect(tokenTexts(tokens, tokenizer).join("")).toBe(tokenizer.decode(tokens));
		}
	});

	it("streams what is complete at once", () => {
		const stream = new TextStream(tokenizer);
		const parts = tokenizer.encode("one 日 two").map((token) => stream.push(token));
		expect(parts.join("")).toBe("one 日 two");
		expect(stream.end()).toBe("");
	});
});

it("a decoder that tidies earlier text still gives parts that make the whole", () => {
	const decode = (ids: readonly number[]) =>
		ids
			.map((id) => (id === 0 ? " ." : "ab"))
			.join("")
			.replaceAll(" .", ".");
	const odd = {
		decode: (ids: readonly number[]) => (ids.length > 2 ? decode(ids).toUpperCase() : decode(ids)),
	};
	const texts = tokenTexts([1, 1, 0, 1], odd);
	expect(texts).toHaveLength(4);
	expect(texts.join("")).toBe("ABAB.AB");
});

it("no tokens have no text", () => {
	expect(tokenTexts([], { decode: () => "" })).toEqual([]);
});
