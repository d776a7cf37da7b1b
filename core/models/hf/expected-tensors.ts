import type { DecoderConfig } from "../config.ts";

/** Every tensor that a model of this configuration has: Hugging Face name to shape, linear weights `[out, in]`. */
export function expectedTensors(config: DecoderConfig): Map<string, number[]> {
	const { hiddenSize: hidden, intermediateSize: inner } = config;
	const query = config.heads * config.headDim;
	const keyValue = config.kvHeads * config.headDim;
	const shapes = new Map<string, number[]>();
	const linear = (name: string, out: number, input: number, bias: boolean) => {
		shapes.set(`${name}.weight`, [out, input]);
		if (bias) shapes.set(`${name}.bias`, [out]);
	};
	shapes.set("model.embed_tokens.weight", [config.vocabSize, hidden]);
	for (let i = 0; i < config.layers; i++) {
		const layer = `model.layers.${i}`;
		for (const name of Object.values(config.norms)) {
			if (name !== null) shapes.set(`${layer}.${name}.weight`, [hidden]);
		}
		if (config.qkNorm) {
			shapes.set(`${layer}.self_attn.q_norm.weight`, [config.headDim]);
			shapes.set(`${layer}.self_attn.k_norm.weight`, [config.headDim]);
		}
		linear(`${layer}.self_attn.q_proj`, query, hidden, config.attentionBias);
		linear(`${layer}.self_attn.k_proj`, keyValue, hidden, config.attentionBias);
		linear(`${layer}.self_attn.v_proj`, keyValue, hidden, config.attentionBias);
		linear(`${layer}.self_attn.o_proj`, hidden, query, config.attentionOutBias);
		linear(`${layer}.mlp.gate_proj`, inner, hidden, config.mlpBias);
		linear(`${layer}.mlp.up_proj`, inner, hidden, config.mlpBias);
		linear(`${layer}.mlp.down_proj`, hidden, inner, config.mlpBias);
	}
	shapes.set("model.norm.weight", [hidden]);
	if (!config.tiedEmbeddings) shapes.set("lm_head.weight", [config.vocabSize, hidden]);
	return shapes;
}
