import { dimOf, type Value } from "../graph/graph.ts";
import {
	add,
	argMax,
	cast,
	div,
	greaterOrEqual,
	lessOrEqual,
	logSoftmax,
	mul,
	pick,
	range,
	softmax,
	sub,
	sumBefore,
	topK,
} from "../graph/ops/index.ts";

/** Scalars that shape the distribution; they are inputs, so one session serves every setting. */
export interface Truncation {
	readonly temperature: Value;
	readonly threshold: Value;
	/** Above 1 keeps every token. */
	readonly topP: Value;
}

/** Large enough that no Gumbel noise brings a dropped token back. */
const DROPPED = -1e30;

/**
 * Draws one token a row: `logits [N, V]`, `noise [N, k]` Gumbel noise by rank (zeros take the most probable token), gives
 * `tokens [N]` and their `logProbs [N]` under the plain distribution, temperature 1 and nothing dropped.
 *
 * The logits are divided by the temperature; the k most probable tokens are kept; of these the ones less probable
 * than the threshold are dropped, and then all behind the smallest set whose probability reaches top-p. Each step
 * looks at probabilities that sum to 1 over what the step before kept, as transformers' logits warpers do, and the most
 * probable token always stays.
 */
export function chooseTokens(
	logits: Value,
	noise: Value,
	{ temperature, threshold, topP }: Truncation,
): { tokens: Value; logProbs: Value } {
	const { graph } = logits;
	return graph.scope("choose", () => {
		const k = dimOf(noise, 1);
		const { values, indices } = topK(div(logits, temperature), k);
		const first = cast(lessOrEqual(range(graph, k), graph.ints(0)), "f32");
		const likely = cast(greaterOrEqual(add(softmax(values), first), threshold), "f32");
		const kept = add(values, mul(sub(1, likely), DROPPED));
		const beyond = cast(greaterOrEqual(sumBefore(softmax(kept)), topP), "f32");
		const scores = add(add(kept, mul(beyond, DROPPED)), noise);
		// Adding Gumbel noise and taking the largest draws from the softmax of what is left.
		const tokens = pick(indices, argMax(scores));
		return { tokens, logProbs: pick(logSoftmax(logits), tokens) };
	});
}
