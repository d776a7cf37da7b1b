import type { Graph, Initializer, Value } from "../../graph/graph.ts";
import { cast, gatherRows, matmul, mul, reshape, split, sub } from "../../graph/ops/index.ts";
import { f32ToFiniteF16 } from "../../models/hf/dtypes.ts";
import type { OnnxDtype } from "./dtypes.ts";
import { BLOCK, type Quantised, quantise, ZERO_POINT } from "./quantise.ts";

/** How the matrices of a model are stored and multiplied; both functions take and give float32. */
export interface WeightFormat {
	/** `x W^T` for `x [N, in]` and a weight `[out, in]`. */
	linear(x: Value, weight: Initializer): Value;
	/** The rows of a table `[V, D]` at `ids [N]`. */
	rows(table: Initializer, ids: Value): Value;
}

/** Formats by precision. A table that is an output layer too is stored once. */
export const weightFormats = {
	fp32: {
		linear: (x, weight) => matmul(x, whole(x.graph, weight), { transB: true }),
		rows: (table, ids) => gatherRows(whole(ids.graph, table), ids),
	},
	fp16: {
		linear: (x, weight) => cast(matmul(cast(x, "f16"), halves(x.graph, weight), { transB: true }), "f32"),
		rows: (table, ids) => cast(gatherRows(halves(ids.graph, table), ids), "f32"),
	},
	q8: { linear: blockLinear, rows: blockRows },
} as const satisfies Record<OnnxDtype, WeightFormat>;

function whole(graph: Graph, { value, load }: Initializer): Value {
	return graph.once(`weight/${value.name}`, () =>
		graph.initializer(value.name, value.dtype, value.shape as readonly number[], load),
	);
}

function halves(graph: Graph, { value, load }: Initializer): Value {
	return graph.once(`weight/${value.name}`, () =>
		graph.initializer(value.name, "f16", value.shape as readonly number[], () => {
			const values = load() as Float32Array;
			const half = new Uint16Array(values.length);
			const hint = "Export as fp32 or q8 instead.";
			f32ToFiniteF16(values, half, { tensor: `The tensor ${value.name}`, hint });
			return half;
		}),
	);
}

/** Bytes `[rows, blocks, 32]` and scales `[rows, blocks]` of a matrix. */
function quantised(graph: Graph, { value, load }: Initializer): { bytes: Value; scales: Value } {
	const { name, shape } = value;
	const [rows, width] = shape as [number, number];
	const blocks = Math.ceil(width / BLOCK);
	// Both parts come of one reading; the first one asked for leaves the other behind.
	let left: Quantised | null = null;
	const take = <T>(part: (made: Quantised) => T): T => {
		const made = left ?? quantise(load() as Float32Array, rows, width);
		left = left === null ? made : null;
		return part(made);
	};
	return {
		bytes: graph.once(`weight/${name}/bytes`, () =>
			graph.initializer(`${name}_quant`, "u8", [rows, blocks, BLOCK], () => take(({ bytes }) => bytes)),
		),
		scales: graph.once(`weight/${name}/scales`, () =>
			graph.initializer(`${name}_scales`, "f32", [rows, blocks], () => take(({ scales }) => scales)),
		),
	};
}

/**
 * ONNX Runtime's product with a weight in blocks, which at accuracy level 4 rounds blocks of activations to bytes too. Measured
 * on the starter: logits move by 1.0 % of the largest, by 0.6 % with float activations, for which the CPU has no kernel
 * that reads bytes: at the width of a 0.5B model a token took 15 times as long as in fp32, with this a third.
 */
function blockLinear(x: Value, weight: Initializer): Value {
	const { graph } = x;
	const { bytes, scales } = quantised(graph, weight);
	const [out, width] = weight.value.shape as [number, number];
	const int = (value: number) => ({ type: "int" as const, value });
	return graph.node({
		op: "MatMulNBits",
		domain: "com.microsoft",
		inputs: [x, bytes, scales],
		outputs: [{ dtype: "f32", shape: [x.shape[0] ?? 1, out] }],
		attributes: { K: int(width), N: int(out), bits: int(8), block_size: int(BLOCK), accuracy_level: int(4) },
	}).outputs[0] as Value;
}

function blockRows(table: Initializer, ids: Value): Value {
	const { graph } = ids;
	const { bytes, scales } = quantised(graph, table);
	const [vocabulary, width] = table.value.shape as [number, number];
	const blocks = Math.ceil(width / BLOCK);
	const [count] = ids.shape;
	if (count === undefined) return graph.fail("a table's rows are asked for by a vector of ids");
	const steps = cast(gatherRows(reshape(bytes, [vocabulary, blocks * BLOCK]), ids), "f32");
	const scaled = mul(
		reshape(sub(steps, ZERO_POINT), [count, blocks, BLOCK]),
		reshape(gatherRows(scales, ids), [count, blocks, 1]),
	);
	const padded = reshape(scaled, [count, blocks * BLOCK]);
	const spare = blocks * BLOCK - width;
	return spare === 0 ? padded : (split(padded, [width, spare], 1)[0] as Value);
}
