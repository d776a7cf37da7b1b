import type { RunConfig } from "../contract/run.ts";
import type { Value } from "../graph/graph.ts";

/** What a loss is computed from; every tensor is `[P, K, T]`: prompts, responses a prompt, response tokens. */
export interface LossInputs {
	/** log pi(a_h | s_h) of the policy being trained. */
	readonly logProbs: Value;
	/** 1 at response tokens, 0 at padding. Padding may hold anything elsewhere. */
	readonly mask: Value;
	/** log pi_ref(a_h | s_h); only for methods that need a reference. */
	readonly referenceLogProbs: Value | null;
	/** log mu(a_h | s_h) of the policy that wrote the data. */
	readonly behaviourLogProbs: Value | null;
	/** r_h, process rewards included; 0 at padding. */
	readonly rewards: Value | null;
	/** V(s_h); only for methods with a value function. */
	readonly values: Value | null;
}

/** Unreduced losses: `[P, K]` a trajectory, or `[P, K, T]` a token, as the method's `reduction` says. */
export interface LossTerms {
	readonly policy: Value;
	/** Null for methods without a value function. */
	readonly value: Value | null;
	/** Further tensors worth showing, by name. */
	readonly diagnostics: Readonly<Record<string, Value>>;
}

export interface LossSpec {
	readonly needsReference: boolean;
	readonly needsValue: boolean;
	/** What the mean of the loss runs over. */
	readonly reduction: "trajectory" | "token";
	build(inputs: LossInputs, config: RunConfig): LossTerms;
}

/** An input that the method's spec promises. */
export function needed(value: Value | null, name: string): Value {
	if (!value) throw new Error(`this loss needs ${name}`);
	return value;
}
