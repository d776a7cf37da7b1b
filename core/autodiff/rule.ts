import type { Attribute, Node, Value } from "../graph/graph.ts";

/** What a gradient rule sees of the op it differentiates. */
export interface RuleContext {
	readonly node: Node;
	/** Input `i`; throws where an optional input is absent. */
	input(i: number): Value;
	/** Output `i` of the forward op. */
	output(i: number): Value;
	/** Gradient of the loss in output `index`. A rule runs once for each output that has one. */
	readonly gradient: Value;
	readonly index: number;
	/** Of every output, null where there is none. */
	readonly gradients: readonly (Value | null)[];
	/** Whether the gradient of input `i` is wanted; a rule builds nothing for the others. */
	needs(i: number): boolean;
	int(name: string): number;
	ints(name: string): readonly number[];
	float(name: string): number;
	/**
	 * A scalar equal to 0 that depends on every parameter gradient made since the last call, or null when there is none.
	 * Whoever adds it forces ONNX Runtime to compute those gradients first, and so to free their activations.
	 */
	takeBarrier(): Value | null;
}

/**
 * The gradient of one op: for each input the gradient of the loss in it, or null where there is none.
 * A gradient may have the broadcast shape of the output; the walk sums it back to the shape of the input.
 */
export type GradientRule = (context: RuleContext) => readonly (Value | null)[];

/** Marks an op through which no gradient flows, which differs from an op whose gradient nobody wrote. */
export const NO_GRADIENT = "no gradient";

/** An attribute's value by name and type. */
export function attributeOf<T extends Attribute["type"]>(
	node: Node,
	name: string,
	type: T,
): AttributeValue<T> {
	const attribute = node.attributes[name];
	if (attribute?.type !== type) throw new Error(`${node.name}: attribute ${name} of type ${type} is missing`);
	return attribute.value as AttributeValue<T>;
}

type AttributeValue<T extends Attribute["type"]> = Extract<Attribute, { type: T }>["value"];
