import type { FamilyFormat } from "../decoder-config.ts";
import { activationOf, commonFields, flag, plainDecoder, readFields } from "./fields.ts";
import { qwenWindows, windowFields, writeQwenWindows } from "./qwen-windows.ts";

const fields = commonFields.extend({ ...windowFields, attention_bias: flag });

/** Qwen3, the dense models: norms over each head's query and key. */
export const qwen3: FamilyFormat = {
	architecture: "Qwen3ForCausalLM",
	read(json, where) {
		const hf = readFields(fields, json, where);
		const defaults = { maxPosition: 32_768, headDim: 128 };
		return {
			...plainDecoder("qwen3", hf, where, defaults),
			activation: activationOf(hf.hidden_act, { silu: "silu" }, where),
			qkNorm: true,
			attentionBias: hf.attention_bias,
			attentionOutBias: hf.attention_bias,
			layerWindows: qwenWindows(hf, where),
		};
	},
	write: (config) => ({
		hidden_act: "silu",
		attention_bias: config.attentionBias,
		...writeQwenWindows(config),
	}),
};
