import type { DecoderConfig } from "../../models/config.ts";
import { expectedTensors } from "../../models/hf/load.ts";
import type { TensorSource } from "../../models/hf/safetensors.ts";
import { ropeFrequencies } from "../../models/rope.ts";
import type { Architecture } from "./architecture.ts";

/** How a tensor's values lie in the GGUF file. */
type Change =
	| { type: "none" }
	/** llama.cpp rotates neighbouring features, Hugging Face the two halves of a head: rows are reordered. */
	| { type: "interleave"; heads: number }
	/** llama.cpp multiplies by the weight alone, where the family multiplies by one plus it. */
	| { type: "plus-one" };

export interface Place {
	/** Name in the Hugging Face folder, and in the GGUF file. */
	from: string;
	to: string;
	shape: readonly number[];
	change: Change;
}

const OUTER: Readonly<Record<string, string>> = {
	"model.embed_tokens": "token_embd",
	"model.norm": "output_norm",
	lm_head: "output",
};

const LAYER: Readonly<Record<string, string>> = {
	input_layernorm: "attn_norm",
	"self_attn.q_proj": "attn_q",
	"self_attn.k_proj": "attn_k",
	"self_attn.v_proj": "attn_v",
	"self_attn.o_proj": "attn_output",
	"self_attn.q_norm": "attn_q_norm",
	"self_attn.k_norm": "attn_k_norm",
	post_attention_layernorm: "ffn_norm",
	"mlp.gate_proj": "ffn_gate",
	"mlp.up_proj": "ffn_up",
	"mlp.down_proj": "ffn_down",
};

/** Where a layer has norms after attention and MLP as well, the name of the second one means another thing. */
const FOUR_NORMS: Readonly<Record<string, string>> = {
	post_attention_layernorm: "post_attention_norm",
	pre_feedforward_layernorm: "ffn_norm",
	post_feedforward_layernorm: "post_ffw_norm",
};

/** Every tensor's place, in the order of the file. */
export function places(config: DecoderConfig, architecture: Architecture): Place[] {
	const expected = expectedTensors(config);
	const layerNames = config.norms.afterAttention === null ? LAYER : { ...LAYER, ...FOUR_NORMS };
	return [...expected].map(([from, shape]) => {
		const [, layer, module = "", part = ""] =
			/^(?:model\.layers\.(\d+)\.)?(.+)\.(weight|bias)$/.exec(from) ?? [];
		const name = layer === undefined ? OUTER[module] : layerNames[module];
		if (name === undefined) throw new Error(`${from} has no place in a GGUF file`);
		const to = layer === undefined ? `${name}.${part}` : `blk.${layer}.${name}.${part}`;
		return { from, to, shape, change: changeOf(module, config, architecture) };
	});
}

function changeOf(module: string, config: DecoderConfig, architecture: Architecture): Change {
	if (architecture.interleaves && module === "self_attn.q_proj")
		return { type: "interleave", heads: config.heads };
	if (architecture.interleaves && module === "self_attn.k_proj")
		return { type: "interleave", heads: config.kvHeads };
	return config.normOffset === 1 && module.endsWith("norm") ? { type: "plus-one" } : { type: "none" };
}

/** A model's tensors as a GGUF file holds them; each is computed when loaded. */
export function toGguf(
	{ from, shape, change }: Place,
	tensors: ReadonlyMap<string, TensorSource>,
): TensorSource {
	const source = tensors.get(from);
	if (source === undefined) throw new Error(`the export lacks ${from}`);
	return {
		shape: [...shape],
		dtype: source.dtype,
		load: () => apply(source.load(), change, 1, shape[0] ?? 1),
	};
}

/** The tensors of a GGUF file under their Hugging Face names, changed back. */
export function fromGguf(
	places: readonly Place[],
	tensors: ReadonlyMap<string, TensorSource>,
): Map<string, TensorSource> {
	return new Map(
		places.flatMap(({ from, to, shape, change }) => {
			const source = tensors.get(to);
			return source === undefined
				? []
				: [[from, { shape: [...shape], load: () => apply(source.load(), change, -1, shape[0] ?? 1) }]];
		}),
	);
}

function apply(values: Float32Array, change: Change, way: 1 | -1, rows: number): Float32Array {
	if (change.type === "none") return values;
	if (change.type === "plus-one") return values.map((value) => value + way);
	return interleave(values, rows, change.heads, way);
}

/**
 * Reorders the rows of a projection `[rows, in]` or the values of its bias, head by head: row `half * size / 2 + i` of a
 * head of `size` rows becomes row `2 i + half`; with `way` -1 back again.
 */
export function interleave(values: Float32Array, rows: number, heads: number, way: 1 | -1): Float32Array {
	const size = rows / heads;
	const width = values.length / rows;
	const moved = new Float32Array(values.length);
	for (let row = 0; row < rows; row++) {
		const within = row % size;
		const half = Math.floor((2 * within) / size);
		const target = row - within + 2 * (within - (half * size) / 2) + half;
		const [from, to] = way === 1 ? [row, target] : [target, row];
		moved.set(values.subarray(from * width, (from + 1) * width), to * width);
	}
	return moved;
}

/** Divisors of the rotary frequencies for a context scaled as Llama 3 scales it, `[headDim / 2]`; null where it is not. */
export function ropeFactors(config: DecoderConfig): TensorSource | null {
	if (config.ropeScaling?.type !== "llama3") return null;
	const plain = ropeFrequencies({ ...config, ropeScaling: null });
	const scaled = ropeFrequencies(config);
	const factors = Float32Array.from(plain, (frequency, i) => frequency / (scaled[i] as number));
	return { shape: [factors.length], load: () => factors };
}
