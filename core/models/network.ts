import type { Precision } from "../contract/run.ts";
import type { FilePlace, Graph, Value } from "../graph/graph.ts";
import { add, cast, concat, matmul, splitEvenly } from "../graph/ops/index.ts";
import type { DecoderConfig } from "./config.ts";
import { f32ToBf16, f32ToFiniteF16 } from "./hf/dtypes.ts";

/** A named tensor that can be read when it is needed. */
export interface TensorSource {
	readonly shape: readonly number[];
	load(): Float32Array;
	/** A file that holds the values in a precision, so that they can be mapped and shared; made when first asked for. */
	file?(precision: Precision): FilePlace;
	/** What the tensor is the sum of, where a graph had better keep it apart: `base + scale B A`. */
	readonly lowRank?: LowRankSum;
}

/** `base` `[out, in]`, `a` `[rank, in]`, `b` `[out, rank]`. */
export interface LowRankSum {
	readonly base: TensorSource;
	readonly a: TensorSource;
	readonly b: TensorSource;
	readonly scale: number;
}
export type Tensors = ReadonlyMap<string, TensorSource>;

/** How a network's weights are adapted: every weight trained, low-rank adapters on all linear layers, or not at all. */
export type Adaptation =
	| { type: "full" }
	| { type: "lora"; rank: number; alpha: number }
	| { type: "frozen" };

/** Name of the scalar value head's weight, `[1, hiddenSize]`. */
export const VALUE_HEAD = "score.weight";

/**
 * One network in a graph: which of its weights are trained (graph inputs, named `<role>:<tensor>`) and which are
 * frozen (initializers under their Hugging Face names, shared by all networks of the graph).
 */
export class Network {
	readonly graph: Graph;
	readonly config: DecoderConfig;
	readonly role: string;
	readonly adaptation: Adaptation;
	/** In f16 and bf16 the matrices of the base are held and multiplied in that format; all else is float32. */
	readonly precision: Precision;
	/** Trained tensors used so far, by name without the role. */
	readonly trained = new Map<string, Value>();
	private readonly tensors: Tensors;

	constructor(
		graph: Graph,
		config: DecoderConfig,
		tensors: Tensors,
		role: string,
		adaptation: Adaptation,
		precision: Precision = "f32",
	) {
		this.graph = graph;
		this.config = config;
		this.tensors = tensors;
		this.role = role;
		this.adaptation = adaptation;
		this.precision = precision;
	}

	/** A weight of the base model. */
	weight(name: string): Value {
		const source = this.source(name);
		return this.adaptation.type === "full"
			? this.trainedTensor(name, source.shape)
			: this.frozen(name, source);
	}

	/** A tensor that is trained whatever the adaptation, such as the value head. */
	trainedTensor(name: string, shape: readonly number[]): Value {
		const known = this.trained.get(name);
		if (known) return known;
		const value = this.graph.input(`${this.role}:${name}`, "f32", shape);
		this.trained.set(name, value);
		return value;
	}

	/**
	 * `x W^T + b` with the low-rank update where there is one: `x [N, in]` gives `[N, out]`;
	 * `W + (alpha / rank) B A` with A `[rank, in]` and B `[out, rank]` is never formed.
	 */
	linear(x: Value, module: string, bias: boolean): Value {
		return this.linears(x, [module], bias)[0] as Value;
	}

	/** Several linear layers of one input. All their A are one product, as `x` takes longer to read than to multiply. */
	linears(x: Value, modules: readonly string[], bias: boolean): Value[] {
		const low = this.lowRank(x, modules);
		return modules.map((module, i) =>
			this.graph.scope(nameOf(module), () => {
				let y = this.product(x, `${module}.weight`);
				if (this.adaptation.type === "lora") {
					const { rank, alpha } = this.adaptation;
					const b = this.trainedTensor(`${module}.lora_B.weight`, [this.shapeOf(module)[0], rank]);
					y = add(y, matmul(low[i] as Value, b, { transB: true, alpha: alpha / rank }));
				}
				return bias ? add(y, this.weight(`${module}.bias`)) : y;
			}),
		);
	}

	/** `x W^T`; a frozen W that is kept as a sum is multiplied part by part. */
	private product(x: Value, name: string): Value {
		const sum = this.adaptation.type === "frozen" ? this.source(name).lowRank : undefined;
		if (!sum) {
			const weight = this.weight(name);
			return matmul(x, cast(weight, this.precision), { transB: true });
		}
		const base = matmul(x, this.frozen(name, sum.base), { transB: true });
		const low = matmul(x, this.constant(`${name}/A`, sum.a), { transB: true });
		const change = matmul(low, this.constant(`${name}/B`, sum.b), { transB: true, alpha: sum.scale });
		return add(base, change);
	}

	/** `x A^T [N, rank]` of each module; none without low-rank updates. */
	private lowRank(x: Value, modules: readonly string[]): Value[] {
		if (this.adaptation.type !== "lora") return [];
		const { rank } = this.adaptation;
		return this.graph.scope("lora_A", () => {
			const all = modules.map((module) =>
				this.trainedTensor(`${module}.lora_A.weight`, [rank, this.shapeOf(module)[1]]),
			);
			return splitEvenly(matmul(x, concat(all, 0), { transB: true }), modules.length, 1);
		});
	}

	private shapeOf(module: string): [out: number, width: number] {
		return this.source(`${module}.weight`).shape as [number, number];
	}

	private source(name: string): TensorSource {
		return this.tensors.get(name) ?? this.graph.fail(`the model has no tensor ${name}`);
	}

	private frozen(name: string, source: TensorSource): Value {
		const { precision } = this;
		if (precision !== "f32" && source.shape.length === 1) return this.constant(name, source);
		const load = () => narrowed(source.load(), name, precision);
		const file = source.file && (() => (source.file as NonNullable<TensorSource["file"]>)(precision));
		return this.graph.once(`weight/${name}`, () =>
			this.graph.initializer(name, precision, source.shape, load, file),
		);
	}

	/** A small frozen tensor, in float32 and of the graph's own. */
	private constant(name: string, source: TensorSource): Value {
		return this.graph.once(`weight/${name}`, () =>
			this.graph.initializer(name, "f32", source.shape, () => source.load()),
		);
	}
}

function narrowed(values: Float32Array, name: string, precision: Precision): Float32Array | Uint16Array {
	if (precision === "f32") return values;
	const half = new Uint16Array(values.length);
	const tensor = `The tensor ${name}`;
	if (precision === "bf16") f32ToBf16(values, half);
	else f32ToFiniteF16(values, half, { tensor, hint: "Train with precision bf16 or f32." });
	return half;
}

/** The last part of a module path. */
const nameOf = (module: string) => module.slice(module.lastIndexOf(".") + 1);

/** The value function's scalar head: hidden states `[N, D]` to values `[N, 1]`. */
export function valueHead(network: Network, hidden: Value): Value {
	const weight = network.trainedTensor(VALUE_HEAD, [1, network.config.hiddenSize]);
	return network.graph.scope(`${network.role}/value_head`, () => matmul(hidden, weight, { transB: true }));
}
