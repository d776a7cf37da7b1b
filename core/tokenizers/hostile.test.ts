import { cpSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { AppError, type ErrorCode } from "../contract/errors.ts";
import { temporaryFolder } from "../store/testing/temporary-folder.ts";
import { loadTokenizer, type Tokenizer } from "./tokenizer.ts";

const UNIGRAM = join(import.meta.dirname, "../../fixtures/tokenizers/unigram");
const TOKENIZER = "tokenizer.json";

const file = (name: string, text: string) => (dir: string) => writeFileSync(join(dir, name), text);
const gigabyte = (name: string) => (dir: string) => {
	writeFileSync(join(dir, name), "");
	truncateSync(join(dir, name), 1_000_000_000);
};
const folderAt = (name: string) => (dir: string) => {
	rmSync(join(dir, name), { force: true });
	mkdirSync(join(dir, name));
};
const many = (count: number, one: (i: number) => string) =>
	Array.from({ length: count }, (_, i) => one(i)).join();
/** Other sections, or other fields of the model, in a tokenizer that is otherwise sound. */
const sections =
	(changes: Record<string, unknown>, model: Record<string, unknown> = {}) =>
	(dir: string) => {
		const sound = JSON.parse(readFileSync(join(dir, TOKENIZER), "utf8"));
		file(TOKENIZER, JSON.stringify({ ...sound, ...changes, model: { ...sound.model, ...model } }))(dir);
	};
const bpe = (vocab: object, more: object = {}) =>
	sections({}, { type: "BPE", vocab: { a: 0, "</s>": 1, ...vocab }, merges: [], ...more });
const split = (pattern: object, behavior = "Isolated") =>
	sections({ pre_tokenizer: { type: "Split", pattern, behavior, invert: false } });
const typed = (section: string, type: string) => sections({ [section]: { type } });
const template = (single: object[]) =>
	sections({ post_processor: { type: "TemplateProcessing", single, pair: [], special_tokens: {} } });

const cases: [what: string, code: ErrorCode, message: string, spoil: (dir: string) => void][] = [
	["a tokenizer.json of 1 GB", "file-corrupt", "limit", gigabyte(TOKENIZER)],
	["a tokenizer_config.json of 1 GB", "file-corrupt", "tokenizer_config", gigabyte("tokenizer_config.json")],
	["a generation_config.json of 1 GB", "file-corrupt", "limit", gigabyte("generation_config.json")],
	["a template of 1 GB", "file-corrupt", "chat_template.jinja", gigabyte("chat_template.jinja")],
	["a folder for a file", "file-unreadable", "is a folder", folderAt(TOKENIZER)],
	["deep brackets", "file-corrupt", "nested", file(TOKENIZER, `{"model":${"[".repeat(20_000_000)}`)],
	[
		"bytes that are no text",
		"file-corrupt",
		"UTF-8",
		(dir) => writeFileSync(join(dir, TOKENIZER), "\xff{", "latin1"),
	],
	[
		"a million bad tokens",
		"file-corrupt",
		"expected form",
		file(TOKENIZER, `{"added_tokens":[${many(1e6, String)}]}`),
	],
	["an absurd id", "tokenizer-unsupported", "vocab", bpe({ b: 1e12 })],
	["an id that is no whole number", "tokenizer-unsupported", "vocab", bpe({ b: 0.5 })],
	["a negative id", "tokenizer-unsupported", "vocab", bpe({ b: -1 })],
	["an absurd added id", "file-corrupt", TOKENIZER, sections({ added_tokens: [{ id: 1e9, content: "x" }] })],
	["no merges", "tokenizer-unsupported", "merges", bpe({}, { merges: "a b" })],
	["random merges", "tokenizer-unsupported", "dropout", bpe({}, { dropout: 0.1 })],
	["marked endings", "tokenizer-unsupported", "end_of_word_suffix", bpe({}, { end_of_word_suffix: "</w>" })],
	["no unknown token", "tokenizer-unsupported", "unk_id", sections({}, { unk_id: null })],
	["a WordPiece model", "tokenizer-unsupported", "WordPiece", sections({}, { type: "WordPiece" })],
	[
		"a normalizer of another kind",
		"tokenizer-unsupported",
		"Precompiled",
		typed("normalizer", "Precompiled"),
	],
	[
		"a pre-tokenizer of another kind",
		"tokenizer-unsupported",
		"Unicode",
		typed("pre_tokenizer", "UnicodeScripts"),
	],
	["a decoder of another kind", "tokenizer-unsupported", "CTC", typed("decoder", "CTC")],
	["a section that is no object", "tokenizer-unsupported", "form", sections({ pre_tokenizer: 7 })],
	["a pattern without end", "tokenizer-unsupported", "characters", split({ Regex: "a|".repeat(1e6) })],
	["a pattern that does not parse", "tokenizer-unsupported", "cannot be used", split({ Regex: "(" })],
	["a way of splitting", "tokenizer-unsupported", "MergedWithNext", split({ Regex: "a+" }, "MergedWithNext")],
	[
		"whole words",
		"tokenizer-unsupported",
		"whole words",
		sections({ added_tokens: [{ id: 9, content: "x", single_word: true }] }),
	],
	[
		"an unknown first token",
		"tokenizer-unsupported",
		"adds <x>",
		template([{ SpecialToken: { id: "<x>", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }]),
	],
];

test.each(cases)("a tokenizer is refused soon and in little memory: %s", async (_, code, message, spoil) => {
	const dir = temporaryFolder();
	cpSync(UNIGRAM, dir, { recursive: true });
	spoil(dir);
	const [started, memory] = [performance.now(), process.memoryUsage.rss()];
	const error: unknown = await loadTokenizer(dir).then(
		() => expect.unreachable("it was accepted"),
		(thrown) => thrown,
	);
	// A second is what is promised of an idle machine; ten leave room for a busy one.
	expect(performance.now() - started).toBeLessThan(10_000);
	expect(process.memoryUsage.rss() - memory).toBeLessThan(500e6);
	expect(error, String(error)).toBeInstanceOf(AppError);
	const { code: found, message: text } = error as AppError;
	expect(found, text).toBe(code);
	expect(text).toContain(message);
	expect(text).toContain(dir);
	expect(text.length).toBeLessThan(2000);
});

const endless = "(a+)+\\u0000";
const letters = "a".repeat(60);
test.each([
	["splitting", split({ Regex: endless }), (tokenizer: Tokenizer) => tokenizer.encode(letters)],
	[
		"decoding",
		(dir: string) => {
			bpe({ [letters]: 2 })(dir);
			const pattern = { Regex: endless };
			sections({ decoder: { type: "Sequence", decoders: [{ type: "Replace", pattern, content: "" }] } })(dir);
		},
		(tokenizer: Tokenizer) => tokenizer.decode([2]),
	],
])("a regular expression without end is interrupted: %s", async (_, spoil, use) => {
	const dir = temporaryFolder();
	cpSync(UNIGRAM, dir, { recursive: true });
	spoil(dir);
	const tokenizer = await loadTokenizer(dir);
	expect(() => use(tokenizer)).toThrow(/has a regular expression that needs more than 5 s/);
});
