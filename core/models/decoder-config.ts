import type { Family } from "../contract/families.ts";
import type { ActivationName } from "../graph/ops/activation.ts";

export type RopeScaling =
	| { type: "linear"; factor: number }
	| {
			type: "llama3";
			factor: number;
			lowFreqFactor: number;
			highFreqFactor: number;
			originalMaxPosition: number;
	  };

/** Names of a layer's norms: before attention and MLP and, where there are such, after them and before the sum. */
export interface LayerNorms {
	beforeAttention: string;
	afterAttention: string | null;
	beforeMlp: string;
	afterMlp: string | null;
}

/** A decoder's architecture in our own names; everything the graph builder needs and nothing else. */
export interface DecoderConfig {
	family: Family;
	vocabSize: number;
	hiddenSize: number;
	intermediateSize: number;
	layers: number;
	heads: number;
	kvHeads: number;
	headDim: number;
	/** Embeddings are multiplied by this. */
	embeddingScale: number;
	normEps: number;
	/** Added to every norm's weight: 1 where the file stores the difference from one. */
	normOffset: 0 | 1;
	norms: LayerNorms;
	/** A norm over each head's query and key before they are rotated. */
	qkNorm: boolean;
	/** Scores are query times key times this. */
	attentionScale: number;
	/** Scores are bent to stay within plus and minus this: `cap * tanh(score / cap)`. */
	attentionSoftcap: number | null;
	/** Logits are bent to stay within plus and minus this. */
	logitSoftcap: number | null;
	/** Positions that each layer's attention sees, its own included; null where it sees all before it. */
	layerWindows: (number | null)[];
	activation: ActivationName;
	ropeTheta: number;
	ropeScaling: null | RopeScaling;
	maxPosition: number;
	/** Bias on the query, key and value projections. */
	attentionBias: boolean;
	/** Bias on the attention's output projection. */
	attentionOutBias: boolean;
	mlpBias: boolean;
	tiedEmbeddings: boolean;
	eosIds: number[];
	bosId: number | null;
}

/** How a family writes its architecture into config.json. */
export interface FamilyFormat {
	/** The class of transformers that computes it. */
	architecture: string;
	/** Reads config.json; `where` names the file in errors. Throws `model-unsupported` and `config-invalid`. */
	read(json: unknown, where: string): DecoderConfig;
	/** The fields that are the family's own. Throws `config-invalid` for what its format cannot say. */
	write(config: DecoderConfig): Record<string, unknown>;
}
