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
	/** `[P, K]`: 1 for a correct response, 0 for a wrong one. */
	readonly labels: Value | null;
	/** A scalar estimated before the step, with no gradient: KTO's z0. */
	readonly baseline: Value | null;
}

/** Unreduced losses: `[P, K]` a trajectory, `[P, K, T]` a token or `[P, 1]` a pair, as the method's `reduction` says. */
export interface LossTerms {
	readonly policy: Value;
	/** Null for methods without a value function. */
	readonly value: Value | null;
	/** Further tensors worth showing, by name. */
	readonly diagnostics: Readonly<Record<string, Value>>;
}

/** What a method learns from: any responses, the correct ones, responses with a score, or pairs of a prompt's responses. */
export type TrainingRows = "responses" | "correct" | "scored" | "pairs";

/** What the mean of a loss runs over. */
export type Reduction = "trajectory" | "token" | "pair";

export interface LossSpec {
	readonly rows: TrainingRows;
	readonly needsReference: boolean;
	readonly needsValue: boolean;
	/** Whether a step starts by estimating `baseline` from mismatched prompts and responses. */
	readonly needsBaseline: boolean;
	readonly reduction: Reduction;
	build(inputs: LossInputs, config: RunConfig): LossTerms;
}

/** An input that the method's spec promises. */
export function needed(value: Value | null, name: string): Value {
	if (!value) throw new Error(`this loss needs ${name}`);
	return value;
}
