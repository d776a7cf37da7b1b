import { parseHfConfig } from "../../core/models/config.ts";
import { expectedTensors } from "../../core/models/hf/load.ts";
import { inMemory, type TensorSource } from "../../core/models/hf/safetensors.ts";
import { Random } from "./random.ts";
import type { Recipe, StarterShape } from "./recipe.ts";
import { END, PAD, SPECIAL_TOKENS } from "./tokenizer-files.ts";

/** The starter's `config.json`: a Llama with tied embeddings, as many key/value heads as heads, and no biases. */
export function starterConfig(shape: StarterShape, vocabularySize: number): object {
	return {
		architectures: ["LlamaForCausalLM"],
		model_type: "llama",
		vocab_size: vocabularySize,
		hidden_size: shape.hiddenSize,
		intermediate_size: shape.intermediateSize,
		num_hidden_layers: shape.layers,
		num_attention_heads: shape.heads,
		num_key_value_heads: shape.heads,
		head_dim: shape.hiddenSize / shape.heads,
		hidden_act: "silu",
		rms_norm_eps: shape.normEps,
		rope_theta: shape.ropeTheta,
		rope_scaling: null,
		max_position_embeddings: shape.maxPosition,
		attention_bias: false,
		attention_dropout: 0,
		mlp_bias: false,
		tie_word_embeddings: true,
		initializer_range: 0.02,
		bos_token_id: null,
		eos_token_id: SPECIAL_TOKENS.indexOf(END),
		pad_token_id: SPECIAL_TOKENS.indexOf(PAD),
		torch_dtype: "float32",
		use_cache: true,
	};
}

/**
 * Random weights for the first step, by Hugging Face name: norms 1, matrices normal with the recipe's deviation, those
 * that write into the residual stream divided by sqrt(2 layers) so that depth does not raise its scale.
 */
export function initialWeights(recipe: Recipe, config: object): Map<string, TensorSource> {
	const weights = new Map<string, TensorSource>();
	for (const [name, shape] of expectedTensors(parseHfConfig(config))) {
		const random = new Random(recipe.seed, `weights/${name}`);
		const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
		const residual = /(o_proj|down_proj)\.weight$/.test(name);
		const deviation = recipe.initStd / (residual ? Math.sqrt(2 * recipe.shape.layers) : 1);
		for (let i = 0; i < values.length; i++) values[i] = shape.length === 1 ? 1 : deviation * random.normal();
		weights.set(name, inMemory(shape, values));
	}
	return weights;
}
