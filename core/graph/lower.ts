import type { Shape } from "./dims.ts";
import { DTYPES } from "./dtypes.ts";
import type { Attribute, Node, Value } from "./graph.ts";

export interface Lowering {
	/** Gives the nodes that stand for one in a session, or null where it stays as it is. */
	lower(node: Node, used: ReadonlySet<Value>): Node[] | null;
	/** Whether nodes inside of loops are lowered too. */
	readonly inBodies: boolean;
}

/**
 * Writes ops that GPU providers besides CUDA lack, or compute in part, as ops of the standard that they have. Measured on
 * WebGPU of ONNX Runtime 1.30: the second output of SimplifiedLayerNormalization, which the backward pass reads, is never
 * written there, and FusedMatMul and LogSoftmax fall back to the CPU, with two copies over the bus each.
 */
export const lowerToStandard: Lowering = {
	// A loop's state stays on the CPU there, and WebGPU's MatMul ends the process where a cache is still empty.
	inBodies: false,
	lower: (node, used) => {
		if (node.op === "SimplifiedLayerNormalization") return normalization(node, used);
		if (node.op === "FusedMatMul") return product(node);
		if (node.op === "LogSoftmax") return logSoftmax(node);
		return null;
	},
};

/**
 * Products of bfloat16 matrices, which CPUs have no kernels for, in float32 and rounded afterwards: what a device with kernels
 * computes too, but for the order of its sums.
 */
export const widenBf16: Lowering = {
	inBodies: true,
	lower: (node) => {
		const y = node.outputs[0] as Value;
		if (y.dtype !== "bf16" || (node.op !== "Gemm" && node.op !== "FusedMatMul")) return null;
		const nodes = new Nodes(node);
		const to = (dtype: "f32" | "bf16") => ({
			attributes: { to: { type: "int", value: DTYPES[dtype].code } } as const,
			dtype,
		});
		const factors = (node.inputs as Value[]).map((x) => nodes.add("Cast", [x], x.shape, to("f32")));
		const product = nodes.again(factors, "f32");
		nodes.add("Cast", [product], y.shape, { ...to("bf16"), result: y });
		return nodes.made;
	},
};

/** Builds nodes one after the other, named after the node they stand for. */
class Nodes {
	readonly made: Node[] = [];
	readonly #of: Node;

	constructor(of: Node) {
		this.#of = of;
	}

	/** `result` is the value that the last node makes in place of the node it stands for. */
	add(
		op: string,
		inputs: readonly Value[],
		shape: Shape,
		more: { attributes?: Record<string, Attribute>; dtype?: Value["dtype"]; result?: Value } = {},
	): Value {
		const { graph } = this.#of.outputs[0] as Value;
		const name = `${this.#of.name}/${op}_${this.made.length}`;
		const outputs: Value[] = [];
		const node: Node = {
			op,
			domain: "",
			name,
			inputs,
			outputs,
			attributes: more.attributes ?? {},
			region: null,
		};
		const value: Value = more.result ?? { graph, name, dtype: more.dtype ?? "f32", shape, node };
		outputs.push(value);
		this.made.push(node);
		return value;
	}

	/** The node itself on other inputs, its output in another type. */
	again(inputs: readonly Value[], dtype: Value["dtype"]): Value {
		const name = `${this.#of.name}/${this.#of.op}_${this.made.length}`;
		const outputs: Value[] = [];
		const node: Node = { ...this.#of, name, inputs, outputs };
		const value: Value = { ...(this.#of.outputs[0] as Value), name, dtype, node };
		outputs.push(value);
		this.made.push(node);
		return value;
	}

	float(value: number): Value {
		return this.add("Constant", [], [], { attributes: { value_float: { type: "float", value } } });
	}

	ints(value: readonly number[]): Value {
		const attributes = { value_ints: { type: "ints", value } } as const;
		return this.add("Constant", [], [value.length], { attributes, dtype: "i64" });
	}
}

/** The inverse root-mean-square of each row on its own, where it is read: `1 / sqrt(mean(x^2) + epsilon)`. */
function normalization(node: Node, used: ReadonlySet<Value>): Node[] | null {
	const [y, inverse] = node.outputs as [Value, Value];
	if (!used.has(inverse)) return null;
	const x = node.inputs[0] as Value;
	const nodes = new Nodes(node);
	const axis = nodes.ints([-1]);
	const square = nodes.add("Mul", [x, x], x.shape);
	const attributes = { keepdims: { type: "int", value: 1 } } as const;
	const mean = nodes.add("ReduceMean", [square, axis], inverse.shape, { attributes });
	const sum = nodes.add("Add", [mean, nodes.float(floatOf(node, "epsilon"))], inverse.shape);
	const root = nodes.add("Sqrt", [sum], inverse.shape);
	nodes.add("Reciprocal", [root], inverse.shape, { result: inverse });
	return used.has(y) ? [{ ...node, outputs: [y] }, ...nodes.made] : nodes.made;
}

/** Transposes and a plain product; the factor goes on the smaller operand's side, the result. */
function product(node: Node): Node[] {
	const [a, b] = node.inputs as [Value, Value];
	const y = node.outputs[0] as Value;
	const nodes = new Nodes(node);
	const turned = (x: Value, flag: string): Value => {
		if (!intOf(node, flag)) return x;
		const rank = x.shape.length;
		const perm = Array.from({ length: rank }, (_, i) =>
			i < rank - 2 ? i : i === rank - 2 ? rank - 1 : rank - 2,
		);
		const shape = perm.map((axis) => x.shape[axis] ?? 1);
		return nodes.add("Transpose", [x], shape, { attributes: { perm: { type: "ints", value: perm } } });
	};
	const factors = [turned(a, "transA"), turned(b, "transB")];
	const alpha = floatOf(node, "alpha");
	if (alpha === 1) nodes.add("MatMul", factors, y.shape, { result: y });
	else nodes.add("Mul", [nodes.add("MatMul", factors, y.shape), nodes.float(alpha)], y.shape, { result: y });
	return nodes.made;
}

/** `x - max - log(sum(exp(x - max)))` over the last axis. */
function logSoftmax(node: Node): Node[] {
	const x = node.inputs[0] as Value;
	const y = node.outputs[0] as Value;
	const nodes = new Nodes(node);
	const attributes = { keepdims: { type: "int", value: 1 } } as const;
	const row = [...x.shape.slice(0, -1), 1];
	const axis = nodes.ints([-1]);
	const shifted = nodes.add("Sub", [x, nodes.add("ReduceMax", [x, axis], row, { attributes })], x.shape);
	const sum = nodes.add("ReduceSum", [nodes.add("Exp", [shifted], x.shape), axis], row, { attributes });
	nodes.add("Sub", [shifted, nodes.add("Log", [sum], row)], y.shape, { result: y });
	return nodes.made;
}

function floatOf({ attributes }: Node, name: string): number {
	const attribute = attributes[name];
	return attribute?.type === "float" ? attribute.value : 1;
}

function intOf({ attributes }: Node, name: string): boolean {
	const attribute = attributes[name];
	return attribute?.type === "int" && attribute.value === 1;
}
