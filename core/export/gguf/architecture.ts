import type { DecoderConfig } from "../../models/config.ts";
import { f32, type GgufValue, string, u32 } from "./layout.ts";
import type { GgufFile } from "./read.ts";
import { unknownModel } from "./refusals.ts";

/** How llama.cpp knows a family. */
export interface Architecture {
	/** `general.architecture`, and the prefix of the keys that describe it. */
	name: string;
	/** Rotates neighbouring features: query and key rows are reordered. */
	interleaves: boolean;
	/** The family multiplies by one plus the norm's weight; llama.cpp by the weight. */
	normsAddOne: boolean;
}

const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
	llama: { name: "llama", interleaves: true, normsAddOne: false },
	qwen2: { name: "qwen2", interleaves: false, normsAddOne: false },
};

/** The architecture that computes this model in llama.cpp. Throws `model-unsupported` where none does. */
export function architectureOf(config: DecoderConfig): Architecture {
	const found = ARCHITECTURES[config.family];
	if (found === undefined) throw unknownModel(`a ${config.family} model has no place in a GGUF file yet`);
	return found;
}

/** The keys that describe the sizes and the rotary positions. */
export function architectureKeys(config: DecoderConfig, { name }: Architecture): Map<string, GgufValue> {
	const keys: Record<string, GgufValue> = {
		block_count: u32(config.layers),
		context_length: u32(config.maxPosition),
		embedding_length: u32(config.hiddenSize),
		feed_forward_length: u32(config.intermediateSize),
		"attention.head_count": u32(config.heads),
		"attention.head_count_kv": u32(config.kvHeads),
		"attention.key_length": u32(config.headDim),
		"attention.value_length": u32(config.headDim),
		"attention.layer_norm_rms_epsilon": f32(config.normEps),
		"rope.dimension_count": u32(config.headDim),
		"rope.freq_base": f32(config.ropeTheta),
		vocab_size: u32(config.vocabSize),
	};
	if (config.ropeScaling?.type === "linear") {
		keys["rope.scaling.type"] = string("linear");
		keys["rope.scaling.factor"] = f32(config.ropeScaling.factor);
	}
	return new Map(Object.entries(keys).map(([key, value]) => [`${name}.${key}`, value]));
}

/**
 * `config` with every size that the file's keys name taken from the file, so that what is computed with it is what the
 * file says. Llama 3's scaling lies in a tensor and is held against `config` by the caller.
 */
export function configFrom(config: DecoderConfig, { name }: Architecture, file: GgufFile): DecoderConfig {
	const number = (key: string): number => {
		const value = file.metadata.get(`${name}.${key}`);
		return typeof value === "number" ? value : Number.NaN;
	};
	const linear = file.metadata.get(`${name}.rope.scaling.type`) === "linear";
	return {
		...config,
		layers: number("block_count"),
		maxPosition: number("context_length"),
		hiddenSize: number("embedding_length"),
		intermediateSize: number("feed_forward_length"),
		heads: number("attention.head_count"),
		kvHeads: number("attention.head_count_kv"),
		headDim: number("attention.key_length"),
		normEps: number("attention.layer_norm_rms_epsilon"),
		ropeTheta: number("rope.freq_base"),
		vocabSize: number("vocab_size"),
		ropeScaling: linear
			? { type: "linear", factor: number("rope.scaling.factor") }
			: config.ropeScaling?.type === "llama3"
				? config.ropeScaling
				: null,
	};
}
