import type { DecoderConfig, Family } from "../../models/config.ts";
import { windowOf } from "../../models/families/fields.ts";
import { f32, type GgufValue, string, u32 } from "./layout.ts";
import type { GgufFile } from "./read.ts";
import { unknownModel } from "./refusals.ts";

/** What llama.cpp computes of its own, without being told by a key. */
type Built = Pick<
	DecoderConfig,
	| "activation"
	| "attentionScale"
	| "embeddingScale"
	| "attentionBias"
	| "attentionOutBias"
	| "mlpBias"
	| "qkNorm"
	| "normOffset"
>;

/** How llama.cpp knows a family. */
export interface Architecture {
	/** `general.architecture`, and the prefix of the keys that describe it. */
	name: string;
	/** Rotates neighbouring features: query and key rows are reordered. */
	interleaves: boolean;
	/** Caps scores and logits, and looks through a window in every other layer, the first one included. */
	capped: boolean;
	/** What it computes for sizes like these. */
	built(config: DecoderConfig): Built;
}

const plain = (config: DecoderConfig): Built => ({
	activation: "silu",
	attentionScale: 1 / Math.sqrt(config.headDim),
	embeddingScale: 1,
	attentionBias: false,
	attentionOutBias: false,
	mlpBias: false,
	qkNorm: false,
	normOffset: 0,
});

const gemma = (config: DecoderConfig): Built => ({
	...plain(config),
	activation: "geluTanh",
	embeddingScale: Math.sqrt(config.hiddenSize),
	normOffset: 1,
});

/** Layers by which llama.cpp knows Gemma 2 of 27 billion weights, whose attention has a scale of its own. */
const GEMMA2_27B_LAYERS = 46;

/** Llama loads whatever biases the file holds. */
const llama: Architecture = {
	name: "llama",
	interleaves: true,
	capped: false,
	built: (config) => {
		const { attentionBias, attentionOutBias, mlpBias } = config;
		return { ...plain(config), attentionBias, attentionOutBias, mlpBias };
	},
};

const ARCHITECTURES: Readonly<Record<Family, Architecture>> = {
	llama,
	mistral: llama,
	qwen2: {
		...{ name: "qwen2", interleaves: false, capped: false },
		built: (config) => ({ ...plain(config), attentionBias: true }),
	},
	qwen3: {
		...{ name: "qwen3", interleaves: false, capped: false },
		built: (config) => ({ ...plain(config), qkNorm: true }),
	},
	gemma: { name: "gemma", interleaves: false, capped: false, built: gemma },
	gemma2: {
		...{ name: "gemma2", interleaves: false, capped: true },
		built: (config) => {
			const whole = config.layers === GEMMA2_27B_LAYERS ? config.hiddenSize / config.heads : config.headDim;
			return { ...gemma(config), attentionScale: 1 / Math.sqrt(whole) };
		},
	},
};

/** The architecture that computes this model in llama.cpp. Throws `model-unsupported` where none does. */
export function architectureOf(config: DecoderConfig): Architecture {
	const architecture = ARCHITECTURES[config.family];
	const built = architecture.built(config);
	for (const [field, value] of Object.entries(built)) {
		const own = config[field as keyof Built];
		const same =
			typeof own === "number" && typeof value === "number"
				? Math.abs(own - value) <= 1e-6 * Math.abs(value)
				: own === value;
		if (!same) throw unknownModel(`${field} is ${own}, and it computes ${value}`);
	}
	if (architecture.capped !== (config.attentionSoftcap !== null && config.logitSoftcap !== null))
		throw unknownModel(`it ${architecture.capped ? "always" : "never"} caps scores and logits`);
	const window = windowOf(config);
	const alternating = config.layerWindows.every((own, layer) => own === (layer % 2 === 0 ? window : null));
	if (architecture.capped && window !== null && !alternating)
		throw unknownModel("its window lies in every other layer, beginning with the first");
	if (config.ropeScaling?.type === "llama3" && architecture !== llama)
		throw unknownModel("it scales rotary positions in Llama 3's way for the Llama family alone");
	return architecture;
}

/**
 * The longest text that llama.cpp computes as we do: it knows windows of attention for Gemma 2 alone, and without one
 * every text that fits into the window is the same.
 */
export function contextOf(config: DecoderConfig, { capped }: Architecture): number {
	return capped
		? config.maxPosition
		: Math.min(config.maxPosition, windowOf(config) ?? Number.POSITIVE_INFINITY);
}

/** The keys that describe the sizes and the rotary positions. */
export function architectureKeys(config: DecoderConfig, architecture: Architecture): Map<string, GgufValue> {
	const keys: Record<string, GgufValue> = {
		block_count: u32(config.layers),
		context_length: u32(contextOf(config, architecture)),
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
	if (architecture.capped) {
		keys["attention.sliding_window"] = u32(windowOf(config) ?? config.maxPosition);
		keys.attn_logit_softcapping = f32(config.attentionSoftcap ?? 0);
		keys.final_logit_softcapping = f32(config.logitSoftcap ?? 0);
	}
	return new Map(Object.entries(keys).map(([key, value]) => [`${architecture.name}.${key}`, value]));
}

/**
 * `config` with every size that the file's keys name taken from the file, so that what is computed with it is what the
 * file says. Llama 3's scaling lies in a tensor and is held against `config` by the caller.
 */
export function configFrom(
	config: DecoderConfig,
	{ name, capped }: Architecture,
	file: GgufFile,
): DecoderConfig {
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
		attentionSoftcap: capped ? number("attn_logit_softcapping") : null,
		logitSoftcap: capped ? number("final_logit_softcapping") : null,
		layerWindows: config.layerWindows.map((_, layer) =>
			capped && layer % 2 === 0 ? number("attention.sliding_window") : null,
		),
		ropeScaling: linear
			? { type: "linear", factor: number("rope.scaling.factor") }
			: config.ropeScaling?.type === "llama3"
				? config.ropeScaling
				: null,
	};
}
