import type { Shape } from "../../graph/dims.ts";
import type { Value } from "../../graph/graph.ts";
import type { CheckInput, CheckOptions } from "./gradient-check.ts";

/** A small function that exercises the gradient of one operator. */
export interface GradientCase {
	/** The ONNX operator whose rule is under test; the function must contain it. */
	op: string;
	name: string;
	inputs: Readonly<Record<string, CheckInput>>;
	build: (values: (name: string) => Value) => Value;
	options?: CheckOptions;
}

/** Random floats in -1..1, or in the given range. */
export const floats = (shape: Shape, range: readonly [number, number] = [-1, 1]): CheckInput => ({
	shape,
	range,
});

/** Floats that stay away from 0 by far more than a step. */
export const positive = (shape: Shape): CheckInput => floats(shape, [0.5, 2]);

export const given = (shape: Shape, values: readonly number[]): CheckInput => ({
	shape,
	values: Float32Array.from(values),
});

export const ids = (shape: Shape, values: readonly number[]): CheckInput => ({
	shape,
	values: BigInt64Array.from(values, BigInt),
});

/** The same input, not differentiated. */
export const frozen = (input: CheckInput): CheckInput => ({ ...input, differentiate: false });
