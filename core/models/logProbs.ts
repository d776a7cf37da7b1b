import type { Dim } from "../graph/dims.ts";
import { dimOf, type Value } from "../graph/graph.ts";
import {
	add,
	cast,
	concat,
	exp,
	firstElement,
	gatherRows,
	logSoftmax,
	matmul,
	mul,
	neg,
	oneHot,
	pick,
	reshape,
	scatterRows,
	splitEvenly,
	square,
	sub,
	tanh,
} from "../graph/ops/index.ts";

export interface LogProbOptions {
	/** Positions are worked off in this many equal chunks, so that only one chunk's logits exist at a time. */
	chunks?: number;
	/** Logits are bent to stay within plus and minus this: `cap * tanh(logit / cap)`. */
	softcap?: number | null;
}

/** Up to this vocabulary a one-hot matrix is cheaper than gathering and scattering rows of the head. */
const ONE_HOT_VOCABULARY = 4096;

/**
 * The log-probability of a target token at each position: `hidden [N, D]`, `head [V, D]`, `targets [N]`, gives `[N]`.
 *
 * Reverse mode keeps nothing of size `[N, V]` when chunked: the logits are computed again. With P the softmax and g
 * the gradient of each position, `d hidden = g head[target] - (g P) head` and
 * `d head = scatter(g hidden) - (g P)^T hidden`. Of capped logits both terms are to be multiplied by 1 - tanh^2.
 */
export function targetLogProbs(
	hidden: Value,
	head: Value,
	targets: Value,
	options: LogProbOptions = {},
): Value {
	const { graph } = hidden;
	const chunks = options.chunks ?? 1;
	const vocabulary = dimOf(head, 0) as number;
	const cap = options.softcap ?? null;
	const distribution = (h: Value): Distribution => {
		const products = matmul(h, head, { transB: true, alpha: 1 / (cap ?? 1) });
		if (cap === null) return { logs: logSoftmax(products), tanhs: null };
		const tanhs = tanh(products);
		return { logs: logSoftmax(mul(tanhs, cap)), tanhs };
	};
	let kept: Distribution | null = null;

	const [logProbs] = graph.group(
		"lm_head",
		[hidden, head],
		() => {
			if (chunks === 1) {
				kept = distribution(hidden);
				return [pick(kept.logs, targets)];
			}
			const targetChunks = splitEvenly(targets, chunks, 0);
			const parts: Value[] = [];
			for (const [i, h] of splitEvenly(hidden, chunks, 0).entries()) {
				parts.push(pick(distribution(after(h, parts.at(-1))).logs, targetChunks[i] as Value));
			}
			return [concat(parts, 0)];
		},
		({ outputGradients, needs, accumulate }) => {
			const gradient = outputGradients[0];
			if (!gradient) return;
			const cut = (x: Value) => splitEvenly(x, chunks, 0);
			const [hs, ts, gs] = [cut(hidden), cut(targets), cut(gradient)];
			const hiddenParts: Value[] = [];
			let headGradient: Value | null = null;
			for (const [i, h] of hs.entries()) {
				const t = ts[i] as Value;
				const g = reshape(gs[i] as Value, [dimOf(h, 0), 1]);
				// Each chunk starts after the one before is wholly done, or all their logits would be alive at once.
				const ordered = after(after(h, hiddenParts.at(-1)), headGradient ?? undefined);
				const { logs, tanhs } = kept ?? distribution(ordered);
				const p = exp(logs);
				const small = vocabulary <= ONE_HOT_VOCABULARY;
				const bent = (x: Value, tanhs: Value | null) => (tanhs ? mul(x, sub(1, square(tanhs))) : x);
				const d = bent(small ? mul(sub(oneHot(t, vocabulary), p), g) : neg(mul(p, g)), tanhs);
				const ofTarget = () => bent(g, tanhs && reshape(pick(tanhs, t), g.shape));
				if (needs(hidden)) {
					const dh = matmul(d, head);
					hiddenParts.push(small ? dh : add(dh, mul(cast(gatherRows(head, t), "f32"), ofTarget())));
				}
				if (needs(head)) {
					const dense = matmul(d, h, { transA: true });
					const own: Value = small
						? dense
						: add(dense, scatterRows(mul(h, ofTarget()), t, vocabulary as Dim));
					headGradient = headGradient ? add(headGradient, own) : own;
				}
			}
			if (hiddenParts.length > 0) accumulate(hidden, concat(hiddenParts, 0));
			if (headGradient) accumulate(head, headGradient);
		},
	);
	return logProbs as Value;
}

/** `[N, V]`: log-probabilities and, of capped logits, what they were over the cap after tanh. */
interface Distribution {
	readonly logs: Value;
	readonly tanhs: Value | null;
}

/** `x`, but not before `earlier` is computed. */
function after(x: Value, earlier: Value | undefined): Value {
	return earlier ? add(x, mul(firstElement(earlier), 0)) : x;
}
