import { type Dim, mulDim } from "../graph/dims.ts";
import type { Value } from "../graph/graph.ts";
import { activations } from "../graph/ops/activation.ts";
import { add, cast, firstElement, gatherRows, mul, reshape, rmsNorm, split } from "../graph/ops/index.ts";
import { attention } from "./attention.ts";
import type { DecoderConfig } from "./config.ts";
import type { Layout } from "./layout.ts";
import type { Network } from "./network.ts";
import { applyRope } from "./rope.ts";

export interface DecoderOptions {
	/** Keep only each layer's input and compute the layer again in the backward pass: less memory, more time. */
	recompute?: boolean;
}

/** What the layers read of a layout, attention aside. */
export type Positions = Pick<Layout, "tokens" | "positions" | "rowPositions" | "rows" | "prefix">;

/**
 * Attention of one layer: rotated queries `[N, heads * headDim]` (of the prefix rows too unless `rowsOnly`), rotated keys
 * and values `[M, kvHeads * headDim]`; gives the attended values of the query rows.
 */
export type Attend = (
	queries: Value,
	keys: Value,
	values: Value,
	at: { layer: number; rowsOnly: boolean },
) => Value;

/**
 * The hidden states after the final norm, `[P*K*T, hiddenSize]`, one row for each output position of the layout.
 */
export function decoder(network: Network, layout: Layout, options: DecoderOptions = {}): Value {
	const attend: Attend = (q, k, v, at) => attention(q, k, v, layout, network.config, at);
	return decoderWith(attend, network, layout, options);
}

/** The decoder with an attention of the caller's, as generation needs one that reads and keeps a cache. */
export function decoderWith(
	attend: Attend,
	network: Network,
	layout: Positions,
	options: DecoderOptions = {},
): Value {
	const { graph, config } = network;
	return graph.scope(network.role, () => {
		let x = graph.scope("embed_tokens", () => {
			const embedded = cast(gatherRows(network.weight("model.embed_tokens.weight"), layout.tokens), "f32");
			return config.embeddingScale === 1 ? embedded : mul(embedded, config.embeddingScale);
		});
		for (let layer = 0; layer < config.layers; layer++) {
			const build = (input: Value) => decoderLayer(network, layer, input, layout, attend);
			x = options.recompute
				? recomputed(`layers.${layer}`, x, build)
				: graph.scope(`layers.${layer}`, () => build(x));
		}
		return graph.scope("norm", () => norm(network, x, "model.norm"));
	});
}

/** Root-mean-square norm of `x [N, D]` with the weight of a module. */
function norm(network: Network, x: Value, module: string): Value {
	const { normOffset, normEps } = network.config;
	const weight = network.weight(`${module}.weight`);
	return rmsNorm(x, normOffset === 0 ? weight : add(weight, normOffset), normEps);
}

/**
 * One layer: `x + attention(norm(x))`, then `x + mlp(norm(x))`, some families with a norm of what is added too. The last
 * one drops the prefix rows.
 */
function decoderLayer(network: Network, layer: number, x: Value, layout: Positions, attend: Attend): Value {
	const { graph, config } = network;
	const { prefix } = layout;
	const { heads, kvHeads, norms } = config;
	const path = `model.layers.${layer}`;
	const rowsOnly = layer === config.layers - 1 && prefix !== null;
	const outputRows = (all: Value) =>
		rowsOnly ? (split(all, [prefix.rows, layout.rows], 0)[1] as Value) : all;

	const attended = graph.scope("attn", () => {
		const n = norm(network, x, `${path}.${norms.beforeAttention}`);
		const [q, k, v] = projections(network, path, n, rowsOnly ? outputRows(n) : n);
		const queryPositions = rowsOnly ? layout.rowPositions : layout.positions;
		const mixed = attend(
			applyRope(headNorm(network, q, `${path}.self_attn.q_norm`), queryPositions, config, heads),
			applyRope(headNorm(network, k, `${path}.self_attn.k_norm`), layout.positions, config, kvHeads),
			v,
			{ layer, rowsOnly },
		);
		const out = network.linear(mixed, `${path}.self_attn.o_proj`, config.attentionOutBias);
		return norms.afterAttention === null ? out : norm(network, out, `${path}.${norms.afterAttention}`);
	});
	const middle = add(outputRows(x), attended);
	return graph.scope("mlp", () => {
		const n = norm(network, middle, `${path}.${norms.beforeMlp}`);
		const [gate, up] = network.linears(n, [`${path}.mlp.gate_proj`, `${path}.mlp.up_proj`], config.mlpBias);
		const down = (gated: Value) => network.linear(gated, `${path}.mlp.down_proj`, config.mlpBias);
		const out = gatedMlp(gate as Value, up as Value, config.activation, down);
		return add(middle, norms.afterMlp === null ? out : norm(network, out, `${path}.${norms.afterMlp}`));
	});
}

/** Queries of `queryRows`, keys and values of all `rows`. */
function projections(network: Network, path: string, rows: Value, queryRows: Value): [Value, Value, Value] {
	const bias = network.config.attentionBias;
	const modules = ["q_proj", "k_proj", "v_proj"].map((name) => `${path}.self_attn.${name}`);
	if (queryRows === rows) return network.linears(rows, modules, bias) as [Value, Value, Value];
	const q = network.linears(queryRows, modules.slice(0, 1), bias);
	return [...q, ...network.linears(rows, modules.slice(1), bias)] as [Value, Value, Value];
}

/** Norm of each head's features on their own, for the families that have it: `[N, heads * headDim]`. */
function headNorm(network: Network, x: Value, module: string): Value {
	const { qkNorm, headDim } = network.config;
	if (!qkNorm) return x;
	const heads = mulDim(x.shape[0] as Dim, (x.shape[1] as number) / headDim);
	return reshape(norm(network, reshape(x, [heads, headDim]), module), x.shape);
}

/**
 * `down(silu(gate) * up)`, of which only gate and up are kept: two of four tensors of the widest kind in a layer. The
 * gradient makes the product again, from the sigmoid it needs anyway, for `down` to read. GELU takes the place of SiLU
 * in some families.
 */
function gatedMlp(
	gate: Value,
	up: Value,
	activation: DecoderConfig["activation"],
	down: (gated: Value) => Value,
): Value {
	const { graph } = gate;
	const f = activations[activation];
	const [output] = graph.group(
		"gated",
		[gate, up],
		() => [down(mul(f.apply(gate), up))],
		({ outputGradients: [gradient], walk }) => {
			if (!gradient) return;
			const start = graph.nodes.length;
			const s = f.gate(gate);
			const y = mul(gate, s);
			const [gated] = graph.group(
				"product",
				[gate, up],
				() => [mul(y, up)],
				({ outputGradients: [g], accumulate }) => {
					if (!g) return;
					accumulate(up, mul(g, y));
					accumulate(gate, mul(mul(g, up), f.slope(gate, s, y)));
				},
			);
			walk(start, [{ value: down(gated as Value), gradient }]);
		},
	);
	return output as Value;
}

/**
 * Builds a layer whose activations are not kept: its gradient builds the layer again from its input. The input is
 * tied to the incoming gradient by a zero, so that ONNX Runtime neither merges the two copies nor runs the second early.
 */
function recomputed(name: string, x: Value, build: (x: Value) => Value): Value {
	const { graph } = x;
	const [output] = graph.group(
		name,
		[x],
		() => [build(x)],
		({ outputGradients, walk }) => {
			const gradient = outputGradients[0];
			if (!gradient) return;
			const start = graph.nodes.length;
			const again = build(add(x, mul(firstElement(gradient), 0)));
			walk(start, [{ value: again, gradient }]);
		},
	);
	return output as Value;
}
