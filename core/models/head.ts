import type { Value } from "../graph/graph.ts";
import { matmul, mul, tanh } from "../graph/ops/index.ts";
import { type LogProbOptions, targetLogProbs } from "./logProbs.ts";
import type { Network } from "./network.ts";

/** Logits `[N, vocabSize]` of hidden states `[N, hiddenSize]`. */
export function logitsOf(network: Network, hidden: Value): Value {
	const { logitSoftcap: cap } = network.config;
	const products = matmul(hidden, headOf(network), { transB: true, alpha: 1 / (cap ?? 1) });
	return cap === null ? products : mul(tanh(products), cap);
}

/** The network's log-probability of a target token at each position: hidden `[N, hiddenSize]`, targets `[N]`, gives `[N]`. */
export function logProbsOf(
	network: Network,
	hidden: Value,
	targets: Value,
	options: Pick<LogProbOptions, "chunks"> = {},
): Value {
	const softcap = network.config.logitSoftcap;
	return targetLogProbs(hidden, headOf(network), targets, { ...options, softcap });
}

function headOf(network: Network): Value {
	return network.weight(network.config.tiedEmbeddings ? "model.embed_tokens.weight" : "lm_head.weight");
}
