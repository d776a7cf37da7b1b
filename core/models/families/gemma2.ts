import type { FamilyFormat } from "../decoder-config.ts";
import { layerTypes, layerWindows, positive, readFields, size, windowOf } from "./fields.ts";
import { gemmaFields, readGemma, writeGemma } from "./gemma.ts";

const fields = gemmaFields.extend({
	query_pre_attn_scalar: size.default(256),
	attn_logit_softcapping: positive.nullable().default(50),
	final_logit_softcapping: positive.nullable().default(30),
	sliding_window: size.nullable().default(4096),
});

/** Gemma 2: norms on both sides of attention and MLP, capped scores and logits, a window in every other layer. */
export const gemma2: FamilyFormat = {
	architecture: "Gemma2ForCausalLM",
	read(json, where) {
		const hf = readFields(fields, json, where);
		return {
			...readGemma("gemma2", hf, where),
			norms: {
				beforeAttention: "input_layernorm",
				afterAttention: "post_attention_layernorm",
				beforeMlp: "pre_feedforward_layernorm",
				afterMlp: "post_feedforward_layernorm",
			},
			attentionScale: 1 / Math.sqrt(hf.query_pre_attn_scalar),
			attentionSoftcap: hf.attn_logit_softcapping,
			logitSoftcap: hf.final_logit_softcapping,
			layerWindows: layerWindows(hf, hf.sliding_window, (layer) => layer % 2 === 0, where),
		};
	},
	write: (config) => ({
		...writeGemma(config),
		query_pre_attn_scalar: Math.round(config.attentionScale ** -2),
		attn_logit_softcapping: config.attentionSoftcap,
		final_logit_softcapping: config.logitSoftcap,
		sliding_window: windowOf(config),
		layer_types: layerTypes(config),
	}),
};
