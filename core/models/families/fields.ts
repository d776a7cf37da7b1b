import { z } from "zod";
import { AppError } from "../../contract/errors.ts";
import type { Family } from "../../contract/families.ts";
import { issuesText } from "../../contract/issues.ts";
import type { ActivationName } from "../../graph/ops/activation.ts";
import type { DecoderConfig, LayerNorms } from "../decoder-config.ts";
import { invalid, unsupported } from "./refusals.ts";
import { ropeFields, ropeScaling } from "./rope-fields.ts";

// Far above any model; what is within is still held against the weight files before anything is allocated.
export const size = z
	.number()
	.int()
	.positive()
	.max(2 ** 31);
const layerCount = z.number().int().positive().max(10_000);
export const positive = z.number().positive();
export const flag = z.boolean().default(false);
const tokenId = z.number().int().nonnegative();

/**
 * The fields that all families share. config.json carries many of no concern to the computation, so unknown ones pass;
 * a field that changes the computation and that we do not build is named in a schema and refused.
 */
export const commonFields = z.object({
	vocab_size: size,
	hidden_size: size,
	intermediate_size: size,
	num_hidden_layers: layerCount,
	num_attention_heads: size,
	num_key_value_heads: size.nullish(),
	head_dim: size.nullish(),
	hidden_act: z.string().nullish(),
	rms_norm_eps: positive.default(1e-6),
	max_position_embeddings: size.optional(),
	tie_word_embeddings: z.boolean().nullish(),
	...ropeFields,
	layer_types: z.array(z.string()).nullish(),
	quantization_config: z.unknown().optional(),
	eos_token_id: z.union([tokenId, z.array(tokenId)]).nullish(),
	bos_token_id: tokenId.nullish(),
});
type CommonFields = z.infer<typeof commonFields>;

/** Reads `json` by a family's schema. */
export function readFields<T>(schema: z.ZodType<T>, json: unknown, where: string): T {
	const parsed = schema.safeParse(json);
	if (parsed.success) return parsed.data;
	throw new AppError({
		code: "config-invalid",
		message: `${where}: ${issuesText(parsed.error)}.`,
		hint: "Get a fresh copy of the model folder's config.json.",
		details: parsed.error.issues,
	});
}

/** Norms before attention and MLP alone. */
const NORMS_BEFORE: LayerNorms = {
	beforeAttention: "input_layernorm",
	afterAttention: null,
	beforeMlp: "post_attention_layernorm",
	afterMlp: null,
};

/** What a family has where config.json leaves a field out. */
interface Defaults {
	maxPosition: number;
	headDim?: number;
	tiedEmbeddings?: boolean;
}

/** The plainest decoder with these sizes: what a family does beside is added by its file. */
export function plainDecoder(
	family: Family,
	hf: CommonFields,
	where: string,
	defaults: Defaults,
): DecoderConfig {
	if (hf.quantization_config != null) {
		throw unsupported(
			where,
			"the weights are quantised (quantization_config), and quantised weights cannot be trained.",
			"Choose the unquantised original of this model (F32, F16 or BF16 weights).",
		);
	}
	const heads = hf.num_attention_heads;
	const headDim = hf.head_dim ?? defaults.headDim ?? hf.hidden_size / heads;
	const maxPosition = hf.max_position_embeddings ?? defaults.maxPosition;
	const eos = hf.eos_token_id ?? [];
	return {
		family,
		vocabSize: hf.vocab_size,
		hiddenSize: hf.hidden_size,
		intermediateSize: hf.intermediate_size,
		layers: hf.num_hidden_layers,
		heads,
		kvHeads: hf.num_key_value_heads ?? heads,
		headDim,
		embeddingScale: 1,
		normEps: hf.rms_norm_eps,
		normOffset: 0,
		norms: NORMS_BEFORE,
		qkNorm: false,
		attentionScale: 1 / Math.sqrt(headDim),
		attentionSoftcap: null,
		logitSoftcap: null,
		layerWindows: Array.from({ length: hf.num_hidden_layers }, () => null),
		activation: "silu",
		...ropeScaling(hf, maxPosition, where),
		maxPosition,
		attentionBias: false,
		attentionOutBias: false,
		mlpBias: false,
		tiedEmbeddings: hf.tie_word_embeddings ?? defaults.tiedEmbeddings ?? false,
		eosIds: Array.isArray(eos) ? eos : [eos],
		bosId: hf.bos_token_id ?? null,
	};
}

/** The activation that config.json names, of those that the family has; its first one where the field is left out. */
export function activationOf(
	name: string | null | undefined,
	known: Readonly<Record<string, ActivationName>>,
	where: string,
): ActivationName {
	const names = Object.keys(known);
	const activation = known[name ?? (names[0] as string)];
	if (activation !== undefined) return activation;
	throw unsupported(
		where,
		`the activation "${name}" is not supported.`,
		`Choose a model whose activation is ${names.join(" or ")}.`,
	);
}

/** Each layer's window: as `layer_types` says, or where that is left out, in the layers that `slides` names. */
export function layerWindows(
	hf: Pick<CommonFields, "layer_types" | "num_hidden_layers">,
	window: number | null,
	slides: (layer: number) => boolean,
	where: string,
): DecoderConfig["layerWindows"] {
	const count = hf.num_hidden_layers;
	const types = hf.layer_types;
	if (types == null) return Array.from({ length: count }, (_, layer) => (slides(layer) ? window : null));
	if (types.length !== count) {
		throw invalid(where, `layer_types has ${types.length} entries for ${count} layers`);
	}
	return types.map((type) => {
		if (type === "full_attention") return null;
		if (type === "sliding_attention" && window !== null) return window;
		throw unsupported(
			where,
			`the layer type "${type}" is not supported${type === "sliding_attention" ? " without a sliding window" : ""}.`,
			"Choose a model whose layers have full or sliding-window attention.",
		);
	});
}

/** The one window of those layers that have one. */
export function windowOf({ layerWindows }: DecoderConfig): number | null {
	return layerWindows.find((window) => window !== null) ?? null;
}

/** `layer_types` of a configuration. */
export function layerTypes({ layerWindows }: DecoderConfig): string[] {
	return layerWindows.map((window) => (window === null ? "full_attention" : "sliding_attention"));
}
