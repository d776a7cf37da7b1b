import { z } from "zod";
import { FAMILY_LIST, type Family, isFamily } from "../contract/families.ts";
import type { DecoderConfig, FamilyFormat } from "./decoder-config.ts";
import { gemma } from "./families/gemma.ts";
import { gemma2 } from "./families/gemma2.ts";
import { llama } from "./families/llama.ts";
import { mistral } from "./families/mistral.ts";
import { qwen2 } from "./families/qwen2.ts";
import { qwen3 } from "./families/qwen3.ts";
import { invalid, unsupported } from "./families/refusals.ts";
import { toHfRopeScaling } from "./families/rope-fields.ts";

export { FAMILIES, type Family } from "../contract/families.ts";
export type { DecoderConfig } from "./decoder-config.ts";

const formats: Readonly<Record<Family, FamilyFormat>> = { llama, qwen2, qwen3, gemma, gemma2, mistral };

/**
 * Reads the content of a Hugging Face `config.json`; `where` names the file in errors.
 * Throws `model-unsupported` for a family or feature that we do not build, `config-invalid` for wrong or missing fields.
 */
export function parseHfConfig(json: unknown, where = "config.json"): DecoderConfig {
	const type = z.object({ model_type: z.string() }).safeParse(json);
	if (!type.success) throw invalid(where, "content: it has no model_type");
	// The family is judged first: another family's config need not have our fields at all.
	const family = type.data.model_type;
	if (!isFamily(family)) {
		throw unsupported(
			where,
			`the model family "${family}" is not supported.`,
			`Choose a model of the ${FAMILY_LIST} family.`,
		);
	}
	const config = formats[family].read(json, where);
	checkSizes(config, where);
	return config;
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
	const { architecture, write } = formats[config.family];
	const json = {
		architectures: [architecture],
		model_type: config.family,
		vocab_size: config.vocabSize,
		hidden_size: config.hiddenSize,
		intermediate_size: config.intermediateSize,
		num_hidden_layers: config.layers,
		num_attention_heads: config.heads,
		num_key_value_heads: config.kvHeads,
		head_dim: config.headDim,
		max_position_embeddings: config.maxPosition,
		rms_norm_eps: config.normEps,
		rope_theta: config.ropeTheta,
		rope_scaling: toHfRopeScaling(config.ropeScaling),
		...write(config),
		attention_dropout: 0,
		tie_word_embeddings: config.tiedEmbeddings,
		bos_token_id: config.bosId,
		eos_token_id: config.eosIds.length === 1 ? config.eosIds[0] : config.eosIds,
		initializer_range: 0.02,
		torch_dtype: "float32",
		use_cache: true,
	};
	const said = parseHfConfig(json, "model configuration");
	const lost = (Object.keys(config) as (keyof DecoderConfig)[]).filter(
		(name) => JSON.stringify(config[name]) !== JSON.stringify(said[name]),
	);
	if (lost.length > 0) {
		const what = lost.map((name) => `${name} ${JSON.stringify(config[name])}`).join(", ");
		throw invalid("model configuration", `a ${config.family} config.json cannot say ${what}`);
	}
	return json;
}

/** The text of a `config.json` for `config`. */
export function hfConfigText(config: DecoderConfig): string {
	return configText(toHfConfig(config));
}

/** The text of a `config.json` with this content; transformers 5 refuses a cap of 30 that is not written as 30.0. */
export function configText(json: Record<string, unknown>): string {
	const text = JSON.stringify(json, null, 2);
	return `${text.replace(/("(?:attn|final)_logit_softcapping": \d+)(?=[,\n])/g, "$1.0")}\n`;
}
