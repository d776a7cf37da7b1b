import { expect, test } from "vitest";
import { AppError } from "../contract/errors.ts";
import { type DecoderConfig, hfConfigText, parseHfConfig, toHfConfig } from "./config.ts";

const sizes = {
	vocab_size: 64,
	hidden_size: 32,
	intermediate_size: 48,
	num_hidden_layers: 2,
	num_attention_heads: 4,
};
const llama = (more: object = {}) => ({ model_type: "llama", ...sizes, ...more });
const qwen2 = (more: object = {}) => ({ model_type: "qwen2", ...sizes, ...more });
const qwen3 = (more: object = {}) => ({ model_type: "qwen3", ...sizes, ...more });
const gemma = (more: object = {}) => ({ model_type: "gemma", ...sizes, ...more });
const gemma2 = (more: object = {}) => ({ model_type: "gemma2", ...sizes, ...more });
const mistral = (more: object = {}) => ({ model_type: "mistral", ...sizes, ...more });

test("fields left out take transformers' defaults", () => {
	expect(parseHfConfig(llama())).toEqual({
		family: "llama",
		vocabSize: 64,
		hiddenSize: 32,
		intermediateSize: 48,
		layers: 2,
		heads: 4,
		kvHeads: 4,
		headDim: 8,
		embeddingScale: 1,
		normEps: 1e-6,
		normOffset: 0,
		norms: {
			beforeAttention: "input_layernorm",
			afterAttention: null,
			beforeMlp: "post_attention_layernorm",
			afterMlp: null,
		},
		qkNorm: false,
		attentionScale: 1 / Math.sqrt(8),
		attentionSoftcap: null,
		logitSoftcap: null,
		layerWindows: [null, null],
		activation: "silu",
		ropeTheta: 10_000,
		ropeScaling: null,
		maxPosition: 2048,
		attentionBias: false,
		attentionOutBias: false,
		mlpBias: false,
		tiedEmbeddings: false,
		eosIds: [],
		bosId: null,
	} satisfies DecoderConfig);
});

test("qwen2 has a bias on q, k and v only, whatever its config says; llama's is one switch for all four", () => {
	const biases = (json: object) => {
		const { attentionBias, attentionOutBias, mlpBias } = parseHfConfig(json);
		return [attentionBias, attentionOutBias, mlpBias];
	};
	expect(biases(qwen2())).toEqual([true, false, false]);
	expect(biases(qwen2({ attention_bias: false }))).toEqual([true, false, false]);
	expect(biases(llama({ attention_bias: true, mlp_bias: true }))).toEqual([true, true, true]);
});

test("each family computes what it is known for, where config.json leaves it out", () => {
	expect(parseHfConfig(qwen3())).toMatchObject({ headDim: 128, qkNorm: true, attentionBias: false });
	expect(parseHfConfig(gemma({ hidden_size: 3072 }))).toMatchObject({
		...{ headDim: 256, normOffset: 1, activation: "geluTanh", tiedEmbeddings: true },
		embeddingScale: Math.sqrt(3072),
	});
	expect(parseHfConfig(gemma2({ num_hidden_layers: 3 }))).toMatchObject({
		...{ attentionScale: 1 / 16, attentionSoftcap: 50, logitSoftcap: 30, layerWindows: [4096, null, 4096] },
		norms: { afterAttention: "post_attention_layernorm", afterMlp: "post_feedforward_layernorm" },
	});
	expect(parseHfConfig(mistral())).toMatchObject({ layerWindows: [4096, 4096], headDim: 8 });
	expect(parseHfConfig(mistral({ sliding_window: null })).layerWindows).toEqual([null, null]);
});

test("the published Gemma says gelu and means its tanh form; another activation is refused", () => {
	const published = { hidden_act: "gelu", hidden_activation: null };
	expect(parseHfConfig(gemma(published)).activation).toBe("geluTanh");
	expect(errorOf(gemma({ hidden_activation: "relu" })).message).toContain('activation "relu"');
});

test("Qwen's windows count in the layers from max_window_layers on, or in those that layer_types names", () => {
	const windowed = { use_sliding_window: true, sliding_window: 64, max_window_layers: 1 };
	for (const family of [qwen2, qwen3]) {
		expect(parseHfConfig(family(windowed)).layerWindows).toEqual([null, 64]);
		const types = { layer_types: ["sliding_attention", "full_attention"] };
		expect(parseHfConfig(family({ ...windowed, ...types })).layerWindows).toEqual([64, null]);
		expect(parseHfConfig(family({ ...windowed, use_sliding_window: false })).layerWindows).toEqual([
			null,
			null,
		]);
	}
});

test("rotary parameters are read in the form of transformers 4 and 5", () => {
	const rope = { factor: 8, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 128 };
	const scaled = {
		type: "llama3",
		factor: 8,
		lowFreqFactor: 1,
		highFreqFactor: 4,
		originalMaxPosition: 128,
	};
	const four = parseHfConfig(llama({ rope_theta: 5e5, rope_scaling: { rope_type: "llama3", ...rope } }));
	const five = parseHfConfig(llama({ rope_parameters: { rope_theta: 5e5, rope_type: "llama3", ...rope } }));
	expect(four).toEqual(five);
	expect(four).toMatchObject({ ropeTheta: 5e5, ropeScaling: scaled });
	expect(parseHfConfig(llama({ rope_scaling: { type: "linear", factor: 2 } })).ropeScaling).toEqual({
		type: "linear",
		factor: 2,
	});
	expect(parseHfConfig(llama({ rope_parameters: { rope_theta: 1e6, rope_type: "default" } }))).toMatchObject({
		ropeTheta: 1e6,
		ropeScaling: null,
	});
});

test("one end token or several", () => {
	expect(parseHfConfig(llama({ eos_token_id: 2, bos_token_id: 1 }))).toMatchObject({ eosIds: [2], bosId: 1 });
	expect(parseHfConfig(llama({ eos_token_id: [2, 5] })).eosIds).toEqual([2, 5]);
});

test.each([
	["Gemma 3", { model_type: "gemma3_text", anything: 1 }, 'the model family "gemma3_text" is not supported'],
	["Qwen3 with experts", { model_type: "qwen3_moe" }, 'the model family "qwen3_moe" is not supported'],
	["Phi", { model_type: "phi3" }, 'the model family "phi3" is not supported'],
	["quantised weights", llama({ quantization_config: { bits: 4 } }), "quantised"],
	["another activation", llama({ hidden_act: "gelu" }), 'activation "gelu"'],
	[
		"chunked attention",
		qwen2({ layer_types: ["full_attention", "chunked_attention"] }),
		'"chunked_attention"',
	],
	[
		"a Llama with windows",
		llama({ layer_types: ["full_attention", "sliding_attention"] }),
		"without a sliding window",
	],
	["attention to later tokens", gemma({ use_bidirectional_attention: true }), "use_bidirectional_attention"],
	["a sliding layer", qwen2({ layer_types: ["full_attention", "sliding_attention"] }), '"sliding_attention"'],
	["other rotary scaling", qwen2({ rope_scaling: { type: "yarn", factor: 4 } }), 'rotary scaling "yarn"'],
	["rotary on a part of the head", llama({ partial_rotary_factor: 0.5 }), "partial_rotary_factor"],
])("%s is refused, saying what it is and what is supported", (_, json, message) => {
	const error = errorOf(json);
	expect(error).toMatchObject({ code: "model-unsupported" });
	expect(error.message).toContain(message);
	expect(error.hint).not.toBe("");
});

test("the hint at another family names all that are read", () => {
	const hint = "Choose a model of the Llama, Qwen2, Qwen3, Gemma, Gemma 2 or Mistral family.";
	expect(errorOf({ model_type: "phi3" }).hint).toBe(hint);
});

test("a sliding window that is switched off is no obstacle", () => {
	const json = qwen2({ use_sliding_window: false, sliding_window: 4096, quantization_config: null });
	expect(parseHfConfig(json).family).toBe("qwen2");
});

test.each([
	["not an object", 5, "content"],
	["a missing size", { ...llama(), hidden_size: undefined }, "hidden_size"],
	["a size that is no whole number", llama({ vocab_size: 1.5 }), "vocab_size"],
	["heads that do not divide the hidden size", llama({ num_attention_heads: 5 }), "head size"],
	["an odd head size", llama({ head_dim: 7 }), "head size"],
	["key/value heads that do not divide the heads", llama({ num_key_value_heads: 3 }), "3 key/value heads"],
	["an end token outside the vocabulary", llama({ eos_token_id: 64 }), "token id 64"],
	[
		"llama3 scaling without factors",
		llama({ rope_scaling: { rope_type: "llama3", factor: 8 } }),
		"low_freq_factor",
	],
])("%s is reported as an invalid configuration", (_, json, message) => {
	const error = errorOf(json);
	expect(error).toMatchObject({ code: "config-invalid" });
	expect(error.message).toContain(message);
});

function errorOf(json: unknown): AppError {
	try {
		parseHfConfig(json, "some/config.json");
	} catch (error) {
		expect(error).toBeInstanceOf(AppError);
		expect((error as AppError).message).toContain("some/config.json");
		return error as AppError;
	}
	throw new Error("expected an error");
}

test.each([
	llama({
		head_dim: 16,
		num_key_value_heads: 2,
		eos_token_id: 2,
		attention_bias: true,
		tie_word_embeddings: true,
	}),
	llama({ rope_scaling: { rope_type: "linear", factor: 4 }, eos_token_id: [2, 3], bos_token_id: 1 }),
	llama({ rope_scaling: { rope_type: "llama3", factor: 8, low_freq_factor: 1, high_freq_factor: 4 } }),
	qwen2({ rope_theta: 1e6, eos_token_id: 2 }),
	qwen2({ use_sliding_window: true, sliding_window: 16, max_window_layers: 1 }),
	qwen3({ attention_bias: true, rope_theta: 1e6, tie_word_embeddings: true }),
	gemma({ eos_token_id: 1, bos_token_id: 2 }),
	gemma({ tie_word_embeddings: false, attention_bias: true }),
	gemma2({ query_pre_attn_scalar: 144, head_dim: 128, sliding_window: 16 }),
	gemma2({ attn_logit_softcapping: null, final_logit_softcapping: null, sliding_window: null }),
	mistral({ head_dim: 16, sliding_window: 64 }),
	mistral({ sliding_window: null }),
])("what toHfConfig writes reads back as the same configuration", (json) => {
	const config = parseHfConfig(json);
	expect(parseHfConfig(JSON.parse(hfConfigText(config)))).toEqual(config);
});

test("caps are written as the floats that transformers asks for", () => {
	const text = hfConfigText(parseHfConfig(gemma2({ final_logit_softcapping: 2.5 })));
	expect(text).toContain('"attn_logit_softcapping": 50.0,');
	expect(text).toContain('"final_logit_softcapping": 2.5,');
});

test("a configuration that the family's format cannot say is refused", () => {
	expect(() => toHfConfig({ ...parseHfConfig(llama()), attentionBias: true })).toThrow(
		/a llama config.json cannot say attentionOutBias false/,
	);
	expect(() => toHfConfig({ ...parseHfConfig(qwen2()), mlpBias: true })).toThrow(/cannot say mlpBias true/);
	const moved = { ...parseHfConfig(mistral()), layerWindows: [null, 4096] };
	expect(() => toHfConfig(moved)).toThrow("layerWindows [null,4096]");
});
