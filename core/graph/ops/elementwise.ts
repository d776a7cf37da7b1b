import { broadcastShapes } from "../dims.ts";
import { DTYPES } from "../dtypes.ts";
import { type DType, describe, type Value } from "../graph.ts";

type Operand = Value | number;

function pair(op: string, a: Operand, b: Operand): [Value, Value] {
	const graph = typeof a === "number" ? (b as Value).graph : a.graph;
	const left = typeof a === "number" ? graph.scalar(a) : a;
	const right = typeof b === "number" ? graph.scalar(b) : b;
	if (left.dtype !== right.dtype)
		graph.fail(`${op}: ${describe(left)} and ${describe(right)} differ in type`);
	return [left, right];
}

function binary(op: string, a: Operand, b: Operand, dtype?: DType): Value {
	const [left, right] = pair(op, a, b);
	const shape = broadcastShapes(left.shape, right.shape);
	if (!shape) return left.graph.fail(`${op}: ${describe(left)} and ${describe(right)} do not broadcast`);
	const outputs = [{ dtype: dtype ?? left.dtype, shape }];
	return left.graph.node({ op, inputs: [left, right], outputs }).outputs[0] as Value;
}

function unary(op: string, x: Value): Value {
	if (x.dtype !== "f32") x.graph.fail(`${op} wants a float tensor, got ${describe(x)}`);
	return x.graph.node({ op, inputs: [x], outputs: [{ dtype: x.dtype, shape: x.shape }] }).outputs[0] as Value;
}

/** Element by element with NumPy broadcasting; a number stands for a scalar constant. */
export const add = (a: Operand, b: Operand): Value => binary("Add", a, b);
export const sub = (a: Operand, b: Operand): Value => binary("Sub", a, b);
export const mul = (a: Operand, b: Operand): Value => binary("Mul", a, b);
export const div = (a: Operand, b: Operand): Value => binary("Div", a, b);
/** The smaller of the two; the gradient goes to the smaller one, and to the first at a tie. */
export const minimum = (a: Operand, b: Operand): Value => binary("Min", a, b);
/** `a ** b`, differentiable in `a` for a constant `b`. */
export const pow = (a: Operand, b: Operand): Value => binary("Pow", a, b);
export const lessOrEqual = (a: Operand, b: Operand): Value => binary("LessOrEqual", a, b, "bool");
export const greaterOrEqual = (a: Operand, b: Operand): Value => binary("GreaterOrEqual", a, b, "bool");

export const neg = (x: Value): Value => unary("Neg", x);
export const exp = (x: Value): Value => unary("Exp", x);
export const log = (x: Value): Value => unary("Log", x);
export const sigmoid = (x: Value): Value => unary("Sigmoid", x);
export const tanh = (x: Value): Value => unary("Tanh", x);
export const square = (x: Value): Value => mul(x, x);

/** The same tensor with no gradient: sg(x) in the papers. */
export function stopGradient(x: Value): Value {
	return x.graph.node({ op: "Identity", inputs: [x], outputs: [{ dtype: x.dtype, shape: x.shape }] })
		.outputs[0] as Value;
}

/** Converts the type; differentiable between float types. */
export function cast(x: Value, dtype: DType): Value {
	if (x.dtype === dtype) return x;
	return x.graph.node({
		op: "Cast",
		inputs: [x],
		outputs: [{ dtype, shape: x.shape }],
		attributes: { to: { type: "int", value: DTYPES[dtype].code } },
	}).outputs[0] as Value;
}
