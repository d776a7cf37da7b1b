import { z } from "zod";
import type { DecoderConfig, FamilyFormat } from "../decoder-config.ts";
import { activationOf, commonFields, flag, plainDecoder, readFields } from "./fields.ts";
import { unsupported } from "./refusals.ts";

/** What Gemma and Gemma 2 share. */
export const gemmaFields = commonFields.extend({
	hidden_activation: z.string().nullish(),
	attention_bias: flag,
	use_bidirectional_attention: z.boolean().nullish(),
});

export function readGemma(
	family: "gemma" | "gemma2",
	hf: z.infer<typeof gemmaFields>,
	where: string,
): DecoderConfig {
	if (hf.use_bidirectional_attention === true) {
		throw unsupported(
			where,
			"attention to later tokens (use_bidirectional_attention) is not supported.",
			"Choose a model that generates text.",
		);
	}
	const defaults = { maxPosition: 8192, headDim: 256, tiedEmbeddings: true };
	return {
		...plainDecoder(family, hf, where, defaults),
		// The published configurations say "gelu" and mean the tanh form, as transformers does.
		activation: activationOf(
			hf.hidden_activation ?? hf.hidden_act,
			{ gelu_pytorch_tanh: "geluTanh", gelu: "geluTanh" },
			where,
		),
		// transformers rounds this to the type it computes in. Ours is float32; in bfloat16 55.43 becomes 55.5.
		embeddingScale: Math.sqrt(hf.hidden_size),
		normOffset: 1,
		attentionBias: hf.attention_bias,
		attentionOutBias: hf.attention_bias,
	};
}

/** Gemma and Gemma 1.1. */
export const gemma: FamilyFormat = {
	architecture: "GemmaForCausalLM",
	read: (json, where) => readGemma("gemma", readFields(gemmaFields, json, where), where),
	write: writeGemma,
};

export function writeGemma({ attentionBias }: DecoderConfig): Record<string, unknown> {
	return {
		hidden_act: "gelu_pytorch_tanh",
		hidden_activation: "gelu_pytorch_tanh",
		attention_bias: attentionBias,
	};
}
