import type { Precision } from "../contract/run.ts";
import { type Dim, mulDim, type Shape } from "../graph/dims.ts";
import { Graph, type Value } from "../graph/graph.ts";
import { at, expand, loop, reshape, sizeOf } from "../graph/ops/index.ts";
import type { DecoderConfig } from "../models/config.ts";
import { Network, type Tensors } from "../models/network.ts";
import { decodeStep, type Step } from "./decode-step.ts";
import { allCacheNames, cacheNames } from "./prefill-graph.ts";

/**
 * Positions at the start of the past that hold no token, where the graph is one step: WebGPU's MatMul ends the process on
 * an empty cache.
 */
export const leadOf = (stepped: boolean) => (stepped ? 1 : 0);

/**
 * Draws tokens for P prompts of K rows each: C of them, the loop over tokens inside the graph; or one where it is `stepped`,
 * for the caller to loop. Only what is added to the cache grows from token to token; the long past is read and not copied.
 *
 * Inputs: `tokens [P, K]` (each row's last token), `prefix_lengths [P]` (prompt length - 1), `noise [C, P*K, Q]` (Q is
 * top-k), `temperature`, `threshold`, `top_p`, and the caches `prefix.*`, `past.*`; stepped, where C is 1, also
 * `before.* [P * kvHeads * K, R, headDim]`, the tokens since the past ends, and the past begins with `leadOf` positions to
 * be passed over.
 * Outputs: `chosen [C, P*K]`, `log_probs [C, P*K]`, and the cache `recent.*`: stepped `[P * kvHeads * K, R + 1, headDim]`,
 * else `[P * kvHeads * K, C, headDim]`.
 */
export function decodeGraph(
	config: DecoderConfig,
	tensors: Tensors,
	{ stepped, precision }: { stepped: boolean; precision?: Precision | undefined },
): Graph {
	const graph = new Graph();
	const network = new Network(graph, config, tensors, "decode", { type: "frozen" }, precision);
	const { kvHeads, headDim, layers } = config;
	const rows = mulDim("P", "K");
	const own = mulDim("P", "K", kvHeads);
	const tokens = graph.input("tokens", "i64", ["P", "K"]);
	const lengths = graph.input("prefix_lengths", "i64", ["P"]);
	const noise = graph.input("noise", "f32", [stepped ? 1 : "C", rows, "Q"]);
	const truncation = {
		temperature: graph.input("temperature", "f32", []),
		threshold: graph.input("threshold", "f32", []),
		topP: graph.input("top_p", "f32", []),
	};
	const block = (name: string, layer: number, batch: Dim, length: Dim) =>
		cacheNames(name, layer).map((each) => graph.input(each, "f32", [batch, length, headDim])) as [
			Value,
			Value,
		];
	const caches = Array.from({ length: layers }, (_, layer) => ({
		prefix: block("prefix", layer, mulDim("P", kvHeads), "L"),
		past: block("past", layer, own, "S"),
	}));
	const step = decodeStep(network, { lengths, caches, truncation, lead: leadOf(stepped) });
	const start = { token: reshape(tokens, [rows]), noise };
	const before = () => caches.flatMap((_, layer) => block("before", layer, own, "R"));
	const names = allCacheNames("recent", config);
	const { chosen, logProbs, recent } = stepped
		? once(step, start, before())
		: repeated(step, start, names, [own, "C", headDim]);
	graph.output("chosen", chosen);
	graph.output("log_probs", logProbs);
	for (const [i, name] of names.entries()) graph.output(name, recent[i] as Value);
	return graph;
}

interface Start {
	/** `[P*K]`. */
	readonly token: Value;
	/** `[C, P*K, Q]`. */
	readonly noise: Value;
}

interface Drawn {
	/** `[C, P*K]`. */
	readonly chosen: Value;
	readonly logProbs: Value;
	readonly recent: readonly Value[];
}

function once(step: Step, { token, noise }: Start, recent: readonly Value[]): Drawn {
	const number = reshape(sizeOf(token.graph, "R"), []);
	const drawn = step({ number, token, recent, noise: reshape(noise, noise.shape.slice(1)) });
	const [chosen, logProbs] = [drawn.tokens, drawn.logProbs].map((x) => reshape(x, [1, ...x.shape]));
	return { chosen: chosen as Value, logProbs: logProbs as Value, recent: drawn.grown };
}

function repeated(step: Step, { token, noise }: Start, names: readonly string[], shape: Shape): Drawn {
	const { graph } = token;
	const [own, , headDim] = shape as [Dim, Dim, Dim];
	const initial = expand(reshape(graph.scalar(0), [1, 1, 1]), [own, 0, headDim]);
	const growing = names.map((name) => ({ name, initial, shape: [own, "R", headDim], final: shape }));
	const last = { name: "token", initial: token, shape: token.shape, final: token.shape };
	const { state, scans } = loop(graph, {
		name: "tokens",
		steps: "C",
		state: [last, ...growing],
		build: (number, [token, ...recent]) => {
			const drawn = step({ number, token: token as Value, recent, noise: at(noise, number) });
			return { state: [drawn.tokens, ...drawn.grown], scans: [drawn.tokens, drawn.logProbs] };
		},
	});
	const [chosen, logProbs] = scans as [Value, Value];
	return { chosen, logProbs, recent: state.slice(1) };
}
