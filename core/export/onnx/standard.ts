import { Graph, type Initializer, type Node, type Value } from "../../graph/graph.ts";
import { activations } from "../../graph/ops/activation.ts";
import {
	add,
	concat,
	div,
	gatherRows,
	mul,
	pow,
	reduceMean,
	reshape,
	sigmoid,
	splitEvenly,
	sub,
	transpose,
} from "../../graph/ops/index.ts";
import type { WeightFormat } from "./weights.ts";

/** What a rule sees of the node it replaces; its values belong to the new graph. */
interface Replaced {
	readonly node: Node;
	readonly weights: WeightFormat;
	/** An input in the new graph. */
	input(index: number): Value;
	/** The frozen tensor that an input is, if it is one. */
	frozen(index: number): Initializer | null;
}

/** Gives the node's first output; the others are read in training alone. */
type Rule = (replaced: Replaced) => Value;

/** Our ops that the ONNX standard lacks, or that read a matrix of the model. All others are taken over as they are. */
const rules: Readonly<Record<string, Rule>> = {
	FastGelu: ({ input }) => mul(input(0), activations.geluTanh.gate(input(0))),
	FusedMatMul: product,
	Gather: rowsOf,
	Gemm: linear,
	QuickGelu: ({ node, input }) => mul(input(0), sigmoid(mul(input(0), float(node, "alpha")))),
	RotaryEmbedding: rotary,
	SimplifiedLayerNormalization: rmsNorm,
};

/**
 * The same computation in ops of the ONNX standard (and MatMulNBits where `weights` takes it), with the matrices in the
 * wanted format, so that every runtime of ONNX files can read it. ONNX Runtime fuses most of it again when it loads it.
 */
export function toStandard(source: Graph, weights: WeightFormat): Graph {
	const target = new Graph();
	const made = new Map<Value, Value>();
	for (const input of source.inputs.values())
		made.set(input, target.input(input.name, input.dtype, input.shape));
	const taken = (value: Value): Value => {
		const known = made.get(value);
		if (known) return known;
		const initializer = source.initializers.get(value.name);
		if (!initializer) return source.fail(`${value.name} is read before it is made`);
		const { name, dtype, shape } = value;
		// Constants are shared by their names, those that the rules below make too.
		const copy = target.once(name, () =>
			target.initializer(name, dtype, shape as readonly number[], initializer.load),
		);
		made.set(value, copy);
		return copy;
	};
	const inputOf = (node: Node, index: number): Value =>
		node.inputs[index] ?? source.fail(`${node.name} has no input ${index}`);
	for (const node of source.nodes) {
		target.scope(node.name.slice(0, Math.max(0, node.name.lastIndexOf("/"))), () => {
			const rule = rules[node.op];
			if (rule) {
				const input = (index: number) => taken(inputOf(node, index));
				const frozen = (index: number) => source.initializers.get(inputOf(node, index).name) ?? null;
				made.set(node.outputs[0] as Value, rule({ node, weights, input, frozen }));
				return;
			}
			if (node.domain !== "") source.fail(`${node.name}: ${node.op} has no form in the ONNX standard`);
			const { op, attributes, outputs } = node;
			const copy = target.node({ op, attributes, outputs, inputs: node.inputs.map((x) => x && taken(x)) });
			for (const [i, output] of outputs.entries()) made.set(output, copy.outputs[i] as Value);
		});
	}
	for (const [name, value] of source.outputs) target.output(name, taken(value));
	return target;
}

function float(node: Node, name: string): number {
	const attribute = node.attributes[name];
	return attribute?.type === "float"
		? attribute.value
		: (node.outputs[0]?.graph.fail(`${node.name}: no ${name}`) ?? 0);
}

const flag = (node: Node, name: string) => {
	const attribute = node.attributes[name];
	return attribute?.type === "int" && attribute.value === 1;
};

function linear({ node, weights, input, frozen }: Replaced): Value {
	const weight = frozen(1);
	if (weight === null || flag(node, "transA") || !flag(node, "transB"))
		return input(0).graph.fail(`${node.name} is no linear layer`);
	return scaled(weights.linear(input(0), weight), float(node, "alpha"));
}

function rowsOf({ node, weights, input, frozen }: Replaced): Value {
	const table = frozen(0);
	if (table?.value.shape.length === 2) return weights.rows(table, input(1));
	return input(0).graph.fail(`${node.name} reads no table`);
}

function product({ node, input }: Replaced): Value {
	const swapped = (index: number, name: string) => {
		const x = input(index);
		if (!flag(node, name)) return x;
		const axes = x.shape.map((_, axis) => axis);
		return transpose(x, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]);
	};
	const [a, b] = [swapped(0, "transA"), swapped(1, "transB")];
	const { dtype, shape } = node.outputs[0] as Value;
	const whole = a.graph.node({ op: "MatMul", inputs: [a, b], outputs: [{ dtype, shape }] })
		.outputs[0] as Value;
	return scaled(whole, float(node, "alpha"));
}

const scaled = (x: Value, alpha: number) => (alpha === 1 ? x : mul(x, alpha));

/** `x / sqrt(mean(x^2) + epsilon) * weight`, in the form that ONNX Runtime knows and fuses. */
function rmsNorm({ node, input }: Replaced): Value {
	const x = input(0);
	const shifted = add(reduceMean(pow(x, 2), [-1], true), float(node, "epsilon"));
	const { dtype, shape } = shifted;
	const root = x.graph.node({ op: "Sqrt", inputs: [shifted], outputs: [{ dtype, shape }] })
		.outputs[0] as Value;
	return mul(div(x, root), input(1));
}

/** Rotate-half by rows of the tables, which every layer at the same positions shares. */
function rotary({ node, input }: Replaced): Value {
	const [x, positions, cosines, sines] = [input(0), input(1), input(2), input(3)];
	const heads = node.attributes.num_heads;
	const [rows, , width] = x.shape;
	if (heads?.type !== "int" || rows === undefined || typeof width !== "number")
		return x.graph.fail(`${node.name} wants [N, 1, heads * headDim]`);
	const half = width / heads.value / 2;
	const at = (table: Value) =>
		x.graph.once(`rows/${table.name}/${positions.name}`, () =>
			reshape(gatherRows(table, reshape(positions, [rows])), [rows, 1, half]),
		);
	const [cos, sin] = [at(cosines), at(sines)];
	const [a, b] = splitEvenly(reshape(x, [rows, heads.value, 2 * half]), 2, 2) as [Value, Value];
	const turned = concat([sub(mul(a, cos), mul(b, sin)), add(mul(b, cos), mul(a, sin))], 2);
	return reshape(turned, [rows, 1, width]);
}
