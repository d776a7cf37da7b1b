import type { Dim, Shape } from "../dims.ts";
import { describe, type Graph, type Value } from "../graph.ts";
import { reshape, sizeOf } from "./shape.ts";

export interface LoopState {
	readonly name: string;
	readonly initial: Value;
	/** Shape at the start of a step; an axis that grows has a symbol of its own. */
	readonly shape: Shape;
	/** Shape after the last step. */
	readonly final: Shape;
}

export interface LoopSpec {
	readonly name: string;
	/** How many steps are run. */
	readonly steps: Dim;
	readonly state: readonly LoopState[];
	/** Builds one step: `step` is its number, a scalar; a scan is an output that every step adds to. */
	readonly build: (
		step: Value,
		state: readonly Value[],
	) => { state: readonly Value[]; scans: readonly Value[] };
}

/** Repeats a body `steps` times; gives the last state and each scan stacked on a new first axis. Not differentiable. */
export function loop(graph: Graph, spec: LoopSpec): { state: readonly Value[]; scans: readonly Value[] } {
	const { name, steps, state, build } = spec;
	const count = reshape(sizeOf(graph, steps), []);
	let scanned: readonly Value[] = [];
	const body = graph.body(
		name,
		[
			{ name: "step", dtype: "i64", shape: [] },
			{ name: "condition", dtype: "bool", shape: [] },
			...state.map(({ name, initial, shape }) => ({ name, dtype: initial.dtype, shape })),
		],
		([step, condition, ...values]) => {
			const next = build(step as Value, values);
			for (const [i, { shape, name, initial }] of state.entries()) {
				const value = next.state[i];
				if (value?.dtype !== initial.dtype || value.shape.length !== shape.length) {
					graph.fail(
						`loop: the next ${name} is ${value ? describe(value) : "missing"}, not like ${describe(initial)}`,
					);
				}
			}
			scanned = next.scans;
			return [condition as Value, ...next.state, ...next.scans];
		},
	);
	const { outputs } = graph.node({
		op: "Loop",
		inputs: [count, null, ...state.map(({ initial }) => initial)],
		outputs: [
			...state.map(({ initial, final }) => ({ dtype: initial.dtype, shape: final })),
			...scanned.map(({ dtype, shape }) => ({ dtype, shape: [steps, ...shape] })),
		],
		attributes: { body: { type: "graph", value: body } },
	});
	return { state: outputs.slice(0, state.length), scans: outputs.slice(state.length) };
}
