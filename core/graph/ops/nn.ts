import { describe, dimOf, type Value } from "../graph.ts";

/** Softmax over the last axis. */
export function softmax(x: Value): Value {
	return lastAxis("Softmax", x);
}

/** Log of the softmax over the last axis. */
export function logSoftmax(x: Value): Value {
	return lastAxis("LogSoftmax", x);
}

function lastAxis(op: string, x: Value): Value {
	return x.graph.node({
		op,
		inputs: [x],
		outputs: [{ dtype: "f32", shape: x.shape }],
		attributes: { axis: { type: "int", value: -1 } },
	}).outputs[0] as Value;
}

/** Root-mean-square norm over the last axis: `x [N, D]`, `weight [D]`; `x / sqrt(mean(x^2) + epsilon) * weight`. */
export function rmsNorm(x: Value, weight: Value, epsilon: number): Value {
	if (x.shape.length !== 2 || weight.shape.length !== 1 || weight.shape[0] !== x.shape[1]) {
		x.graph.fail(`rmsNorm wants [N, D] and [D], got ${describe(x)} and ${describe(weight)}`);
	}
	// The second output is the inverse root-mean-square of each row; the backward pass uses it again.
	return x.graph.node({
		op: "SimplifiedLayerNormalization",
		inputs: [x, weight],
		outputs: [
			{ dtype: "f32", shape: x.shape },
			{ dtype: "f32", shape: [dimOf(x, 0), 1] },
		],
		attributes: {
			axis: { type: "int", value: -1 },
			epsilon: { type: "float", value: epsilon },
			stash_type: { type: "int", value: 1 },
		},
	}).outputs[0] as Value;
}

/**
 * Rotary position embedding, rotate-half form: `x [N, 1, heads * headDim]`, `positions [N, 1]` int64,
 * `cosines`, `sines` `[maxPosition, headDim / 2]`. Every row is a sequence of its own, so that rows of different
 * sequences can stand in one matrix.
 */
export function rotary(x: Value, positions: Value, cosines: Value, sines: Value, heads: number): Value {
	const graph = x.graph;
	if (x.shape.length !== 3 || dimOf(x, 1) !== 1) {
		graph.fail(`rotary wants [N, 1, heads * headDim], got ${describe(x)}`);
	}
	return graph.node({
		op: "RotaryEmbedding",
		domain: "com.microsoft",
		inputs: [x, positions, cosines, sines],
		outputs: [{ dtype: "f32", shape: x.shape }],
		attributes: {
			num_heads: { type: "int", value: heads },
			rotary_embedding_dim: { type: "int", value: 0 },
			interleaved: { type: "int", value: 0 },
		},
	}).outputs[0] as Value;
}
