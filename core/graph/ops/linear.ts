import { type Dim, sameShape } from "../dims.ts";
import { describe, isFloat, type Value } from "../graph.ts";
import { cast } from "./elementwise.ts";

export interface MatmulOptions {
	transA?: boolean;
	transB?: boolean;
	/** Factor on the product, free inside the kernel. */
	alpha?: number;
}

/**
 * Matrix product over the last two axes, `alpha * op(a) op(b)`: `[..., M, K] x [..., K, N] -> [..., M, N]`.
 * Leading axes must be equal. Two matrices become one Gemm, stacks of them one FusedMatMul.
 * Of a float32 and an f16 or bf16 operand the product is computed in the format of the second and given as float32.
 */
export function matmul(a: Value, b: Value, options: MatmulOptions = {}): Value {
	const { transA = false, transB = false, alpha = 1 } = options;
	const { dtype: half } = a.dtype === "f32" ? b : a;
	if (a.dtype !== b.dtype && (a.dtype === "f32" || b.dtype === "f32") && isFloat(half)) {
		return cast(matmul(cast(a, half), cast(b, half), options), "f32");
	}
	const graph = a.graph;
	const rank = a.shape.length;
	const [m, k] = lastTwo(a, transA);
	const [k2, n] = lastTwo(b, transB);
	const batch = a.shape.slice(0, -2);
	if (k !== k2 || a.dtype !== b.dtype || b.shape.length !== rank || !sameShape(batch, b.shape.slice(0, -2))) {
		graph.fail(
			`matmul: ${describe(a)}${transA ? "^T" : ""} and ${describe(b)}${transB ? "^T" : ""} do not fit`,
		);
	}
	const outputs = [{ dtype: a.dtype, shape: [...batch, m, n] }];
	const flag = (on: boolean) => ({ type: "int" as const, value: on ? 1 : 0 });
	const scale = { type: "float" as const, value: alpha };
	const node =
		rank === 2
			? graph.node({
					op: "Gemm",
					inputs: [a, b],
					outputs,
					attributes: { transA: flag(transA), transB: flag(transB), alpha: scale },
				})
			: graph.node({
					op: "FusedMatMul",
					domain: "com.microsoft",
					inputs: [a, b],
					outputs,
					attributes: { transA: flag(transA), transB: flag(transB), alpha: scale },
				});
	return node.outputs[0] as Value;
}

function lastTwo(x: Value, transposed: boolean): [Dim, Dim] {
	const rows = x.shape.at(-2);
	const columns = x.shape.at(-1);
	if (!isFloat(x.dtype) || rows === undefined || columns === undefined) {
		x.graph.fail(`matmul wants float matrices, got ${describe(x)}`);
	}
	return transposed ? [columns, rows] : [rows, columns];
}
