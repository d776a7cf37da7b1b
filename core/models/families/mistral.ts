import type { FamilyFormat } from "../decoder-config.ts";
import { activationOf, commonFields, plainDecoder, readFields, size, windowOf } from "./fields.ts";

const fields = commonFields.extend({ sliding_window: size.nullable().default(4096) });

/** Mistral: a sliding window in every layer, or in none; transformers passes over `layer_types` here. */
export const mistral: FamilyFormat = {
	architecture: "MistralForCausalLM",
	read(json, where) {
		const hf = readFields(fields, json, where);
		return {
			...plainDecoder("mistral", hf, where, { maxPosition: 131_072 }),
			activation: activationOf(hf.hidden_act, { silu: "silu" }, where),
			layerWindows: Array.from({ length: hf.num_hidden_layers }, () => hf.sliding_window),
		};
	},
	write: (config) => ({ hidden_act: "silu", sliding_window: windowOf(config) }),
};
