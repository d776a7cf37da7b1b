import { sameShape } from "../graph/dims.ts";
import { describe, type Graph, type Node, type Region, type Value } from "../graph/graph.ts";
import { add, firstElement, mul, reduceSum, reshape } from "../graph/ops/index.ts";
import { gradientRules } from "./gradients/index.ts";
import { attributeOf, NO_GRADIENT, type RuleContext } from "./rule.ts";

export interface Seed {
	readonly value: Value;
	/** Gradient of the loss in `value`, of its shape. */
	readonly gradient: Value;
}

export interface BackwardOptions {
	/** Force each layer's parameter gradients before the layer below is entered: half the peak memory. Default true. */
	barriers?: boolean;
}

/**
 * Reverse mode at graph-construction time: adds to the graph the nodes that compute the gradients of the seeded
 * values in each of `wrt`, and returns them, null where nothing depends on it.
 *
 * Nodes through which no member of `wrt` is reached get no gradient nodes at all.
 */
export function backward(
	seeds: readonly Seed[],
	wrt: readonly Value[],
	options: BackwardOptions = {},
): Map<Value, Value | null> {
	const graph = seeds[0]?.value.graph;
	if (!graph) throw new Error("backward needs at least one seed");
	const walk = new Walk(graph, wrt, options.barriers ?? true);
	walk.run(0, seeds);
	return new Map(wrt.map((value) => [value, walk.gradients.get(value) ?? null]));
}

class Walk {
	readonly gradients = new Map<Value, Value>();
	private readonly graph: Graph;
	private readonly leaves: ReadonlySet<Value>;
	private readonly reached: Set<Value>;
	private readonly barriers: boolean;
	private pending: Value[] = [];
	/** Nodes below this index are known to `reached`. */
	private scanned = 0;

	constructor(graph: Graph, wrt: readonly Value[], barriers: boolean) {
		this.graph = graph;
		this.leaves = new Set(wrt);
		this.reached = new Set(wrt);
		this.barriers = barriers;
	}

	needs = (value: Value): boolean => this.reached.has(value);

	accumulate = (value: Value, gradient: Value): void => {
		if (!this.needs(value)) return;
		const own = unbroadcast(gradient, value);
		const sum = this.gradients.get(value);
		this.gradients.set(value, sum ? add(sum, own) : own);
		if (this.leaves.has(value)) this.pending.push(own);
	};

	/** Walks nodes `first` to the newest backwards, starting from the seeds. */
	run = (first: number, seeds: readonly Seed[]): void => {
		const last = this.graph.nodes.length;
		// What stands before `first` and was not scanned was made by the walk itself.
		this.scanned = Math.max(this.scanned, first);
		for (; this.scanned < last; this.scanned++) {
			const node = this.graph.nodes[this.scanned] as Node;
			if (gradientRules[node.op] === NO_GRADIENT) continue;
			if (node.inputs.some((input) => input && this.reached.has(input))) {
				for (const out of node.outputs) this.reached.add(out);
			}
		}
		for (const { value, gradient } of seeds) this.accumulate(value, gradient);
		const done = new Set<Region>();
		for (let i = last - 1; i >= first; i--) {
			const node = this.graph.nodes[i] as Node;
			if (node.region) {
				if (done.has(node.region)) continue;
				done.add(node.region);
				this.refuseLeaks(node.region, i);
				this.enterRegion(node.region);
			} else this.enterNode(node);
		}
		// Nodes made by the walk itself are never differentiated.
		this.scanned = this.graph.nodes.length;
	};

	private enterRegion(region: Region): void {
		const outputGradients = region.outputs.map((out) => this.gradients.get(out) ?? null);
		if (outputGradients.every((g) => g === null)) return;
		this.graph.scope(`grad/${region.name}`, () =>
			region.gradient({
				region,
				outputGradients,
				needs: this.needs,
				accumulate: this.accumulate,
				walk: (firstNode, seeds) => this.run(firstNode, seeds),
			}),
		);
	}

	/** A value inside a region that was used outside has a gradient which the region's own rule would not see. */
	private refuseLeaks(region: Region, last: number): void {
		for (let i = last; this.graph.nodes[i]?.region === region; i--) {
			for (const out of this.graph.nodes[i]?.outputs ?? []) {
				if (this.gradients.has(out) && !region.outputs.includes(out)) {
					this.graph.fail(`${describe(out)} is used outside ${region.name} but is none of its outputs`);
				}
			}
		}
	}

	private enterNode(node: Node): void {
		const gradients = node.outputs.map((out) => this.gradients.get(out) ?? null);
		if (gradients.every((g) => g === null)) return;
		if (!node.inputs.some((input) => input && this.needs(input))) return;
		const rule = gradientRules[node.op];
		if (rule === NO_GRADIENT) return;
		if (!rule) this.graph.fail(`${node.name}: the gradient of ${node.op} is not supported`);
		this.graph.scope(`grad/${node.name}`, () => {
			for (const [index, gradient] of gradients.entries()) {
				if (gradient === null) continue;
				rule({ ...this.context(node), gradient, index, gradients }).forEach((inputGradient, i) => {
					const input = node.inputs[i];
					if (input && inputGradient) this.accumulate(input, inputGradient);
				});
			}
		});
	}

	private context(node: Node): Omit<RuleContext, "gradient" | "index" | "gradients"> {
		const { needs } = this;
		const at = (list: readonly (Value | null)[], i: number): Value => {
			const value = list[i];
			if (!value) throw new Error(`${node.name} has no value ${i}`);
			return value;
		};
		return {
			node,
			input: (i) => at(node.inputs, i),
			output: (i) => at(node.outputs, i),
			needs: (i) => {
				const input = node.inputs[i];
				return input != null && needs(input);
			},
			int: (name) => attributeOf(node, name, "int"),
			ints: (name) => attributeOf(node, name, "ints"),
			float: (name) => attributeOf(node, name, "float"),
			takeBarrier: () => this.takeBarrier(),
		};
	}

	private takeBarrier(): Value | null {
		const taken = this.pending;
		this.pending = [];
		if (!this.barriers || taken.length === 0) return null;
		return mul(taken.map(firstElement).reduce(add), 0);
	}
}

/** Sums a gradient of the broadcast shape back to the shape of the value it belongs to. */
function unbroadcast(gradient: Value, value: Value): Value {
	if (sameShape(gradient.shape, value.shape)) return gradient;
	const lead = gradient.shape.length - value.shape.length;
	const axes = gradient.shape.flatMap((dim, i) =>
		i < lead || (value.shape[i - lead] === 1 && dim !== 1) ? [i] : [],
	);
	const summed = axes.length > 0 ? reduceSum(gradient, axes, true) : gradient;
	const own = reshape(summed, value.shape);
	if (lead < 0) gradient.graph.fail(`gradient ${describe(gradient)} does not fit ${describe(value)}`);
	return own;
}
