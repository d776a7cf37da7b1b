import { z } from "zod";
import { AppError } from "../contract/errors.ts";

export const FAMILIES = ["llama", "qwen2"] as const;
export type Family = (typeof FAMILIES)[number];

export type RopeScaling =
	| { type: "linear"; factor: number }
	| {
			type: "llama3";
			factor: number;
			lowFreqFactor: number;
			highFreqFactor: number;
			originalMaxPosition: number;
	  };

/** A decoder's architecture in our own names; everything the graph builder needs and nothing else. */
export interface DecoderConfig {
	family: Family;
	vocabSize: number;
	hiddenSize: number;
	intermediateSize: number;
	layers: number;
	heads: number;
	kvHeads: number;
	headDim: number;
	normEps: number;
	ropeTheta: number;
	ropeScaling: null | RopeScaling;
	maxPosition: number;
	/** Bias on the query, key and value projections. */
	attentionBias: boolean;
	/** Bias on the attention's output projection. */
	attentionOutBias: boolean;
	mlpBias: boolean;
	tiedEmbeddings: boolean;
	eosIds: number[];
	bosId: number | null;
}

const size = z.number().int().positive();
const positive = z.number().positive();
const tokenId = z.number().int().nonnegative();

const ropeFields = {
	rope_type: z.string().optional(),
	type: z.string().optional(),
	factor: positive.nullish(),
	low_freq_factor: positive.nullish(),
	high_freq_factor: positive.nullish(),
	original_max_position_embeddings: size.nullish(),
};

// config.json carries many fields of no concern to the computation, so unknown ones pass; a field that changes the
// computation and that we do not build is named below and refused.
const hfConfigSchema = z.object({
	model_type: z.string(),
	vocab_size: size,
	hidden_size: size,
	intermediate_size: size,
	num_hidden_layers: size,
	num_attention_heads: size,
	num_key_value_heads: size.nullish(),
	head_dim: size.nullish(),
	hidden_act: z.string().default("silu"),
	rms_norm_eps: positive.default(1e-6),
	max_position_embeddings: size.optional(),
	rope_theta: positive.nullish(),
	rope_scaling: z.object(ropeFields).nullish(),
	rope_parameters: z.object({ ...ropeFields, rope_theta: positive.nullish() }).nullish(),
	partial_rotary_factor: z.number().nullish(),
	attention_bias: z.boolean().default(false),
	mlp_bias: z.boolean().default(false),
	tie_word_embeddings: z.boolean().default(false),
	use_sliding_window: z.boolean().nullish(),
	layer_types: z.array(z.string()).nullish(),
	quantization_config: z.unknown().optional(),
	eos_token_id: z.union([tokenId, z.array(tokenId)]).nullish(),
	bos_token_id: tokenId.nullish(),
});
type HfConfig = z.infer<typeof hfConfigSchema>;

function unsupported(where: string, what: string, hint: string): AppError {
	return new AppError({ code: "model-unsupported", message: `${where}: ${what}`, hint });
}

/**
 * Reads the content of a Hugging Face `config.json`; `where` names the file in errors.
 * Throws `model-unsupported` for a family or feature that we do not build, `config-invalid` for wrong or missing fields.
 */
export function parseHfConfig(json: unknown, where = "config.json"): DecoderConfig {
	const type = z.object({ model_type: z.string() }).safeParse(json);
	// The family is judged first: another family's config need not have our fields at all.
	if (type.success && !(FAMILIES as readonly string[]).includes(type.data.model_type)) {
		throw unsupported(
			where,
			`the model family "${type.data.model_type}" is not supported.`,
			`Choose a model whose config.json says model_type ${FAMILIES.join(" or ")}.`,
		);
	}
	const parsed = hfConfigSchema.safeParse(json);
	if (!parsed.success) {
		throw new AppError({
			code: "config-invalid",
			message: `${where}: ${parsed.error.issues.map((i) => `${i.path.join(".") || "content"}: ${i.message}`).join("; ")}.`,
			hint: "Get a fresh copy of the model folder's config.json.",
			details: parsed.error.issues,
		});
	}
	const hf = parsed.data;
	refuseUnsupported(hf, where);

	const family = hf.model_type as Family;
	const heads = hf.num_attention_heads;
	const maxPosition = hf.max_position_embeddings ?? (family === "llama" ? 2048 : 32768);
	const eos = hf.eos_token_id ?? [];
	const config: DecoderConfig = {
		family,
		vocabSize: hf.vocab_size,
		hiddenSize: hf.hidden_size,
		intermediateSize: hf.intermediate_size,
		layers: hf.num_hidden_layers,
		heads,
		kvHeads: hf.num_key_value_heads ?? heads,
		headDim: hf.head_dim ?? hf.hidden_size / heads,
		normEps: hf.rms_norm_eps,
		ropeTheta: hf.rope_parameters?.rope_theta ?? hf.rope_theta ?? 10_000,
		ropeScaling: ropeScaling(hf, maxPosition, where),
		maxPosition,
		attentionBias: family === "qwen2" || hf.attention_bias,
		attentionOutBias: family === "llama" && hf.attention_bias,
		mlpBias: family === "llama" && hf.mlp_bias,
		tiedEmbeddings: hf.tie_word_embeddings,
		eosIds: Array.isArray(eos) ? eos : [eos],
		bosId: hf.bos_token_id ?? null,
	};
	checkSizes(config, where);
	return config;
}

function refuseUnsupported(hf: HfConfig, where: string): void {
	if (hf.quantization_config != null) {
		throw unsupported(
			where,
			"the weights are quantised (quantization_config), and quantised weights cannot be trained.",
			"Choose the unquantised original of this model (F32, F16 or BF16 weights).",
		);
	}
	if (hf.hidden_act !== "silu") {
		throw unsupported(
			where,
			`the activation "${hf.hidden_act}" is not supported.`,
			"Choose a model whose hidden_act is silu.",
		);
	}
	const windowed = hf.layer_types?.find((type) => type !== "full_attention");
	if (hf.use_sliding_window === true || windowed !== undefined) {
		throw unsupported(
			where,
			`${windowed === undefined ? "sliding-window attention (use_sliding_window)" : `the layer type "${windowed}"`} is not supported.`,
			"Choose a model with full attention in every layer.",
		);
	}
	if (hf.partial_rotary_factor != null && hf.partial_rotary_factor !== 1) {
		throw unsupported(
			where,
			"rotary positions on a part of the head (partial_rotary_factor) are not supported.",
			"Choose a model with rotary positions on the whole head.",
		);
	}
}

function ropeScaling(hf: HfConfig, maxPosition: number, where: string): DecoderConfig["ropeScaling"] {
	const rope = hf.rope_parameters ?? hf.rope_scaling;
	const type = rope?.rope_type ?? rope?.type ?? "default";
	if (rope == null || type === "default") return null;
	const need = (name: "factor" | "low_freq_factor" | "high_freq_factor"): number => {
		const value = rope[name];
		if (value == null) throw invalid(where, `rotary scaling "${type}" needs ${name}`);
		return value;
	};
	if (type === "linear") return { type, factor: need("factor") };
	if (type === "llama3") {
		return {
			type,
			factor: need("factor"),
			lowFreqFactor: need("low_freq_factor"),
			highFreqFactor: need("high_freq_factor"),
			originalMaxPosition: rope.original_max_position_embeddings ?? maxPosition,
		};
	}
	throw unsupported(
		where,
		`the rotary scaling "${type}" is not supported.`,
		"Choose a model with no rotary scaling, or with type linear or llama3.",
	);
}

function invalid(where: string, what: string): AppError {
	return new AppError({
		code: "config-invalid",
		message: `${where}: ${what}.`,
		hint: "Correct the model's configuration or get a fresh copy of it.",
	});
}

function checkSizes(config: DecoderConfig, where: string): void {
	if (!Number.isInteger(config.headDim) || config.headDim % 2 !== 0) {
		throw invalid(where, `the head size must be an even whole number, not ${config.headDim}`);
	}
	if (config.heads % config.kvHeads !== 0) {
		throw invalid(where, `${config.heads} heads cannot share ${config.kvHeads} key/value heads evenly`);
	}
	const outside = [...config.eosIds, ...(config.bosId === null ? [] : [config.bosId])].find(
		(id) => id >= config.vocabSize,
	);
	if (outside !== undefined) {
		throw invalid(where, `token id ${outside} is outside the vocabulary of ${config.vocabSize}`);
	}
}

/**
 * The content of a `config.json` for `config`, in the form that every transformers version reads.
 * Throws `config-invalid` where the family's format cannot say what the configuration asks for.
 */
export function toHfConfig(config: DecoderConfig): Record<string, unknown> {
	const llama = config.family === "llama";
	checkSizes(config, "model configuration");
	if (llama && config.attentionBias !== config.attentionOutBias) {
		throw invalid("model configuration", "llama has a bias on all four attention projections or on none");
	}
	if (!llama && (!config.attentionBias || config.attentionOutBias || config.mlpBias)) {
		throw invalid("model configuration", "qwen2 has a bias on q, k and v, and on nothing else");
	}
	return {
		architectures: [llama ? "LlamaForCausalLM" : "Qwen2ForCausalLM"],
		model_type: config.family,
		vocab_size: config.vocabSize,
		hidden_size: config.hiddenSize,
		intermediate_size: config.intermediateSize,
		num_hidden_layers: config.layers,
		num_attention_heads: config.heads,
		num_key_value_heads: config.kvHeads,
		head_dim: config.headDim,
		hidden_act: "silu",
		max_position_embeddings: config.maxPosition,
		rms_norm_eps: config.normEps,
		rope_theta: config.ropeTheta,
		rope_scaling: toHfRopeScaling(config.ropeScaling),
		...(llama
			? { attention_bias: config.attentionBias, mlp_bias: config.mlpBias }
			: { use_sliding_window: false }),
		attention_dropout: 0,
		tie_word_embeddings: config.tiedEmbeddings,
		bos_token_id: config.bosId,
		eos_token_id: config.eosIds.length === 1 ? config.eosIds[0] : config.eosIds,
		initializer_range: 0.02,
		torch_dtype: "float32",
		use_cache: true,
	};
}

function toHfRopeScaling(scaling: DecoderConfig["ropeScaling"]): Record<string, unknown> | null {
	if (scaling === null) return null;
	if (scaling.type === "linear") return { rope_type: "linear", type: "linear", factor: scaling.factor };
	return {
		rope_type: "llama3",
		factor: scaling.factor,
		low_freq_factor: scaling.lowFreqFactor,
		high_freq_factor: scaling.highFreqFactor,
		original_max_position_embeddings: scaling.originalMaxPosition,
	};
}
