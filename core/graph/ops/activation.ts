import { describe, type Value } from "../graph.ts";
import { add, mul, sigmoid, sub } from "./elementwise.ts";

/** SiLU, `x * sigmoid(x)`. */
export function silu(x: Value): Value {
	return contrib("silu", "QuickGelu", x, { alpha: { type: "float", value: 1 } });
}

/** GELU in the tanh form: `x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3)))`. */
export function geluTanh(x: Value): Value {
	return contrib("geluTanh", "FastGelu", x, {});
}

function contrib(
	name: string,
	op: string,
	x: Value,
	attributes: NonNullable<Parameters<Value["graph"]["node"]>[0]["attributes"]>,
): Value {
	if (x.dtype !== "f32") x.graph.fail(`${name} wants a float tensor, got ${describe(x)}`);
	const outputs = [{ dtype: x.dtype, shape: x.shape }];
	return x.graph.node({ op, domain: "com.microsoft", inputs: [x], outputs, attributes }).outputs[0] as Value;
}

const SLOPE_AT_0 = 2 * Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

/** An activation of the form y = x s with s = sigmoid(g(x)), and the parts of its gradient, s + y (1 - s) g'(x). */
interface Activation {
	apply(x: Value): Value;
	/** s. */
	gate(x: Value): Value;
	/** dy/dx. */
	slope(x: Value, s: Value, y: Value): Value;
}

export const activations = {
	silu: {
		apply: silu,
		gate: sigmoid,
		slope: (_, s, y) => add(s, mul(y, sub(1, s))),
	},
	/** As 1 + tanh(u) = 2 sigmoid(2u): g = 2 sqrt(2 / pi) (x + 0.044715 x^3). */
	geluTanh: {
		apply: geluTanh,
		gate: (x) => sigmoid(mul(x, add(SLOPE_AT_0, mul(mul(x, x), SLOPE_AT_0 * CUBIC)))),
		slope: (x, s, y) =>
			add(s, mul(mul(y, sub(1, s)), add(SLOPE_AT_0, mul(mul(x, x), 3 * SLOPE_AT_0 * CUBIC)))),
	},
} satisfies Record<string, Activation>;
export type ActivationName = keyof typeof activations;
