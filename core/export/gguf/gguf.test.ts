import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseHfConfig } from "../../models/config.ts";
import { loadModelFolder } from "../../models/hf/load.ts";
import { inMemory } from "../../models/hf/safetensors.ts";
import { temporaryFolder } from "../../store/testing/temporary-folder.ts";
import type { Reopened } from "../format.ts";
import { FORMATS } from "../formats.ts";
import type { Policy } from "../run-policy.ts";
import { ggufFormat } from "./gguf.ts";
import { Q8_BLOCK_BYTES } from "./layout.ts";
import { dequantiseQ8, quantiseQ8 } from "./q8.ts";
import { openGguf } from "./read.ts";
import { interleave } from "./tensors.ts";
import { writeGguf } from "./write.ts";

const fixtures = join(import.meta.dirname, "../../../fixtures");
const DTYPES = ["F32", "F16", "BF16", "Q8_0"] as const;
const MODELS = [
	"llama-tiny",
	"qwen2-tiny",
	"llama3-rope-tiny",
	"qwen3-tiny",
	"gemma-tiny",
	"gemma2-tiny",
	"mistral-tiny",
	"smollm-tiny",
] as const;
type Digests = Record<(typeof DTYPES)[number], Record<string, string>>;
const byPython = JSON.parse(readFileSync(join(fixtures, "gguf/tensors.json"), "utf8")) as {
	q8: { values: number[]; bytes: string };
	ropeFactors: number[];
} & Record<(typeof MODELS)[number], Digests>;

/** The smallest tokenizer that has every part: bytes, one merge, an end, text split as Qwen 2 splits it. */
function tokenizer() {
	const vocab = Object.fromEntries(["<end>", ..."abcdefghij", "ab"].map((token, id) => [token, id]));
	return {
		added_tokens: [{ id: 0, content: "<end>", special: true }],
		pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, use_regex: true },
		model: { type: "BPE", vocab, merges: ["a b"] },
	};
}

/** A fixture's weights with a tokenizer beside its config.json. */
async function model(name: string) {
	const from = join(fixtures, "models", name);
	const { config: own, tensors } = await loadModelFolder(from);
	// The fixture has a scale that no published Gemma 2 has.
	const attentionScale = own.family === "gemma2" ? 1 / Math.sqrt(own.headDim) : own.attentionScale;
	const config = { ...own, attentionScale };
	const modelDir = temporaryFolder();
	writeFileSync(join(modelDir, "config.json"), readFileSync(join(from, "config.json")));
	writeFileSync(join(modelDir, "tokenizer.json"), JSON.stringify(tokenizer()));
	return { config, tensors, modelDir, step: 1, adapter: null, contentHash: "", baseHash: "" };
}

async function written(name: string, dtype: (typeof DTYPES)[number]) {
	const policy = await model(name);
	let reopened: Reopened | null = null;
	const report = await ggufFormat.write({
		policy,
		outDir: join(temporaryFolder(), "out"),
		dtype,
		valueHead: null,
		onProgress: () => {},
		verify: async (_, reopen) => {
			reopened = await reopen();
			// Values are read before the folder gets its name.
			for (const tensor of (reopened as Policy).tensors.values()) {
				const values = tensor.load();
				tensor.load = () => values;
			}
			return [];
		},
	});
	return { policy, report, reopened: reopened as unknown as typeof policy };
}

describe.each(MODELS)("%s", (name) => {
	it.each(DTYPES)("in %s has the names and bytes that gguf-py gives its tensors", async (dtype) => {
		const { report } = await written(name, dtype);
		const file = openGguf(join(report.dir, "model.gguf"));
		const found = Object.fromEntries([...file.tensors].map(([key, tensor]) => [key, tensor.digest()]));
		if (name === "llama3-rope-tiny") {
			const factors = file.tensors.get("rope_freqs.weight")?.load() ?? [];
			expect(factors).toHaveLength(byPython.ropeFactors.length);
			for (const [i, factor] of byPython.ropeFactors.entries()) expect(factors[i]).toBeCloseTo(factor, 5);
			delete found["rope_freqs.weight"];
		}
		expect(found).toEqual(byPython[name][dtype]);
		// Rows of 48 and 36 do not divide into blocks, and that is told.
		const told = report.notes?.some((note) => /^\d+ tensors stay F16/.test(note));
		expect(told).toBe(dtype === "Q8_0");
	});

	it("reads back as the model that was written, by what the file alone says", async () => {
		const { policy, reopened } = await written(name, "F32");
		const windowed = name === "mistral-tiny" ? { maxPosition: 4, layerWindows: [null, null] } : {};
		expect(reopened.config).toEqual({
			...policy.config,
			normEps: Math.fround(policy.config.normEps),
			...windowed,
		});
		expect([...reopened.tensors.keys()].sort()).toEqual([...policy.tensors.keys()].sort());
		for (const [key, tensor] of policy.tensors)
			if (policy.config.normOffset === 1 && key.endsWith("norm.weight"))
				for (const [i, value] of (reopened.tensors.get(key)?.load() ?? []).entries())
					expect(value).toBeCloseTo(tensor.load()[i] as number, 6);
			else expect(reopened.tensors.get(key)?.load(), key).toEqual(tensor.load());
	});
});

it.each([
	["gemma2-tiny", { attentionScale: 1 / Math.sqrt(20) }, /attentionScale is 0\.2236/],
	["gemma2-tiny", { logitSoftcap: null }, /always caps scores and logits/],
	["gemma2-tiny", { layerWindows: [null, 4, null] }, /beginning with the first/],
	["qwen2-tiny", { attentionOutBias: true }, /attentionOutBias is true, and it computes false/],
	["qwen3-tiny", { activation: "geluTanh" }, /activation is geluTanh/],
] as const)("%s with %o is refused", async (name, change, message) => {
	const source = await model(name);
	const config = {
		...source.config,
		...change,
		layerWindows: [...(("layerWindows" in change && change.layerWindows) || source.config.layerWindows)],
	};
	expect(await ggufFormat.refusal({ ...source, config })).toMatch(message);
});

it("says what it will take to within a few kilobytes", async () => {
	for (const dtype of DTYPES) {
		const { policy, report } = await written("qwen2-tiny", dtype);
		expect(Math.abs(FORMATS.gguf.estimatedBytes(policy, dtype) - report.bytes)).toBeLessThan(3000);
	}
});

describe("Q8_0", () => {
	const values = Float32Array.from(byPython.q8.values);
	const bytes = Buffer.from(byPython.q8.bytes, "hex");

	it("quantises as gguf-py does, halves away from zero and empty blocks included", () => {
		const found = Buffer.alloc((values.length / 32) * Q8_BLOCK_BYTES);
		quantiseQ8(values, found);
		expect(found.toString("hex")).toBe(byPython.q8.bytes);
	});

	it("stands for values within half a scale", () => {
		const found = new Float32Array(values.length);
		dequantiseQ8(bytes, found);
		for (let block = 0; block < values.length; block += 32) {
			const largest = Math.max(...values.subarray(block, block + 32).map(Math.abs));
			for (let i = block; i < block + 32; i++)
				expect(Math.abs((found[i] as number) - (values[i] as number))).toBeLessThanOrEqual(
					(0.501 * largest) / 127 + largest / 2048,
				);
		}
	});
});

it("keeps vocabularies of several hundred thousand entries, a byte order mark among them", () => {
	const path = join(temporaryFolder(), "a.gguf");
	const value = Array.from({ length: 300_000 }, (_, i) => (i === 7 ? "\uFEFF" : `${i}`));
	writeGguf(path, new Map([["tokens", { type: "array", of: "string", value }]]), []);
	expect(openGguf(path).metadata.get("tokens")).toEqual(value);
});

it("reorders a head of four rows by hand: halves [0 1] [2 3] become 0 2 1 3, and back", () => {
	const rows = Float32Array.of(0, 1, 2, 3, 10, 11, 12, 13);
	expect([...interleave(rows, 8, 2, 1)]).toEqual([0, 2, 1, 3, 10, 12, 11, 13]);
	expect([...interleave(interleave(rows, 8, 2, 1), 8, 2, -1)]).toEqual([...rows]);
});

describe("a file that is not whole", () => {
	const path = () => join(temporaryFolder(), "a.gguf");
	const tensors = [{ name: "a", dtype: "F32", source: inMemory([40], new Float32Array(40)) }] as const;

	it.each([
		["cut in its values", (bytes: Buffer) => bytes.subarray(0, -60), /the file ends before its values do/],
		["cut in its header", (bytes: Buffer) => bytes.subarray(0, 40), /header is cut short/],
		["of another kind", () => Buffer.alloc(64), /does not begin as a GGUF file/],
	])("%s is refused", (_, damage, message) => {
		const at = path();
		writeGguf(at, new Map([["k", { type: "string", value: "v".repeat(40) }]]), tensors);
		writeFileSync(at, damage(readFileSync(at)));
		expect(() => openGguf(at)).toThrow(expect.objectContaining({ code: "file-corrupt" }));
		expect(() => openGguf(at)).toThrow(message);
	});
});

it("a family that llama.cpp computes otherwise, or a foreign tokenizer, says why", async () => {
	const source = await model("llama-tiny");
	expect(await ggufFormat.refusal(source)).toBeNull();
	const json = { ...tokenizer(), pre_tokenizer: { type: "Whitespace" } };
	writeFileSync(join(source.modelDir, "tokenizer.json"), JSON.stringify(json));
	expect(await ggufFormat.refusal(source)).toMatch(/way of splitting text before merging is not known/);
	const config = parseHfConfig(JSON.parse(readFileSync(join(source.modelDir, "config.json"), "utf8")));
	expect(await ggufFormat.refusal({ ...source, config: { ...config, vocabSize: 5 } })).toMatch(
		/way of splitting|outside/,
	);
});
