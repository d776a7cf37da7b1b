import type { FamilyFormat } from "../decoder-config.ts";
import { activationOf, commonFields, flag, layerWindows, plainDecoder, readFields } from "./fields.ts";

const fields = commonFields.extend({ attention_bias: flag, mlp_bias: flag });

/** Llama, and what shares its architecture, such as SmolLM and SmolLM2. */
export const llama: FamilyFormat = {
	architecture: "LlamaForCausalLM",
	read(json, where) {
		const hf = readFields(fields, json, where);
		return {
			...plainDecoder("llama", hf, where, { maxPosition: 2048 }),
			activation: activationOf(hf.hidden_act, { silu: "silu" }, where),
			layerWindows: layerWindows(hf, null, () => false, where),
			attentionBias: hf.attention_bias,
			attentionOutBias: hf.attention_bias,
			mlpBias: hf.mlp_bias,
		};
	},
	write: ({ attentionBias, mlpBias }) => ({
		hidden_act: "silu",
		attention_bias: attentionBias,
		mlp_bias: mlpBias,
	}),
};
