import type { FamilyFormat } from "../decoder-config.ts";
import { activationOf, commonFields, plainDecoder, readFields } from "./fields.ts";
import { qwenWindows, windowFields, writeQwenWindows } from "./qwen-windows.ts";

const fields = commonFields.extend(windowFields);

/** Qwen2 and Qwen2.5: a bias on q, k and v, whatever config.json says. */
export const qwen2: FamilyFormat = {
	architecture: "Qwen2ForCausalLM",
	read(json, where) {
		const hf = readFields(fields, json, where);
		return {
			...plainDecoder("qwen2", hf, where, { maxPosition: 32_768 }),
			activation: activationOf(hf.hidden_act, { silu: "silu" }, where),
			attentionBias: true,
			layerWindows: qwenWindows(hf, where),
		};
	},
	write: (config) => ({ hidden_act: "silu", ...writeQwenWindows(config) }),
};
