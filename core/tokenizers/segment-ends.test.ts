import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { encodePrompt } from "./prompt.ts";
import { segmentEnds } from "./segment-ends.ts";
import { random, randomText } from "./testing/random-text.ts";
import { loadTokenizer, type Tokenizer } from "./tokenizer.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const folders: Record<string, string> = {
	starter: path.join(ROOT, "resources/starter/model"),
	unigram: path.join(ROOT, "fixtures/tokenizers/unigram"),
};
const folder = (name: string) =>
	folders[name] ?? path.join(ROOT, "node_modules/@lenml", `tokenizer-${name}`, "models");

/** Cuts a text between characters into up to five segments; all but the first may be empty. */
function cut(text: string, seed: number): string[] {
	const below = random(seed);
	const characters = Array.from(text);
	const at = Array.from({ length: below(5) }, () => 1 + below(characters.length)).sort((a, b) => a - b);
	return [0, ...at].map((from, i) => characters.slice(from, at[i] ?? characters.length).join(""));
}

describe.each(["starter", "gpt2", "llama2", "qwen2_5", "unigram"])("with the tokens of %s", (name) => {
	let tokenizer: Tokenizer;
	/** Random texts that are the text of their own tokens, as those of a response are; a replacement character cannot be told from a part of itself. */
	let samples: { text: string; tokens: number[]; seed: number }[];
	beforeAll(async () => {
		tokenizer = await loadTokenizer(folder(name));
		samples = Array.from({ length: 400 }, (_, seed) => {
			const text = tokenizer.decode(tokenizer.encode(randomText(seed)));
			return { text, tokens: tokenizer.encode(text), seed };
		}).filter(
			({ text, tokens }) =>
				!text.includes("\uFFFD") && tokens.length > 0 && tokenizer.decode(tokens) === text,
		);
	});

	it("a segment ends with the first token at which its whole text is there", () => {
		expect(samples.length).toBeGreaterThan(100);
		for (const { text, tokens, seed } of samples) {
			const segments = cut(text, seed);
			let end = 0;
			const expected = segments.map((_, i) => {
				const whole = segments.slice(0, i + 1).join("");
				// By trying every count, where segmentEnds halves; what comes after may be a part of a character.
				const reached = (count: number) => tokenizer.decode(tokens.slice(0, count)).startsWith(whole);
				for (end = Math.max(1, end); end < tokens.length && !reached(end); ) end += 1;
				return end;
			});
			expect(segmentEnds(tokens, segments, tokenizer), JSON.stringify(segments)).toEqual(expected);
		}
	});

	it("every token is of one segment, also where the response was cut short", () => {
		for (const { text, tokens, seed } of samples) {
			const segments = cut(text, seed);
			const kept = tokens.slice(0, Math.ceil(tokens.length / 2));
			for (const some of [tokens, kept]) {
				const ends = segmentEnds(some, segments, tokenizer);
				expect(ends).toHaveLength(segments.length);
				expect(ends.at(-1)).toBe(some.length);
				expect([...ends].sort((a, b) => a - b)).toEqual(ends);
			}
		}
	});

	it("a prompt's tokens are the same whatever is asked to follow it, and begin with at most one BOS", () => {
		for (const { text } of samples.slice(0, 100)) {
			const prompt = encodePrompt(text, "{problem}", tokenizer);
			expect(prompt).toEqual(tokenizer.renderPrompt([{ role: "user", content: text }]));
			// Twice the same first token would be a BOS of the template and another of the tokenizer.
			const bare = tokenizer.renderPrompt("");
			if (bare.length > 1) expect(bare[0]).not.toBe(bare[1]);
		}
	});
});
