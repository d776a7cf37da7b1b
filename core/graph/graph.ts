import { AppError } from "../contract/errors.ts";
import { type Dim, type Shape, showShape } from "./dims.ts";

/** f16, bf16 and u8 are stored formats: only what says so computes in them. */
export type DType = "f32" | "f16" | "bf16" | "i64" | "u8" | "bool";
export const isFloat = (dtype: DType) => dtype === "f32" || dtype === "f16" || dtype === "bf16";
/** The bits of f16 and bf16 are a Uint16Array, the bytes of u8 and bool a Uint8Array. */
export type TensorData = Float32Array | Uint16Array | BigInt64Array | Uint8Array;

/** A typed tensor in a graph: an input, an initializer, or one output of a node. */
export interface Value {
	readonly graph: Graph;
	/** Unique in its graph; carries the module path, such as `policy/layers.3/attn/q_proj/Gemm`. */
	readonly name: string;
	readonly dtype: DType;
	readonly shape: Shape;
	/** The node that makes it; null for inputs and initializers. */
	readonly node: Node | null;
}

export type Attribute =
	| { type: "int"; value: number }
	| { type: "ints"; value: readonly number[] }
	| { type: "float"; value: number }
	| { type: "string"; value: string }
	| { type: "graph"; value: Body };

/**
 * A graph inside a node, such as the body of a Loop. Its nodes read any value made outside before it, so weights are
 * held once; what it makes inside stays inside.
 */
export interface Body {
	readonly name: string;
	readonly inputs: readonly Value[];
	readonly nodes: Node[];
	outputs: readonly Value[];
}

export interface Node {
	readonly op: string;
	/** Operator domain: "" is the ONNX standard, "com.microsoft" ONNX Runtime's own. */
	readonly domain: string;
	readonly name: string;
	/** null marks an optional input that is left out. */
	readonly inputs: readonly (Value | null)[];
	readonly outputs: readonly Value[];
	readonly attributes: Readonly<Record<string, Attribute>>;
	/** The outermost region the node belongs to, if any. */
	readonly region: Region | null;
}

/**
 * A group of nodes that reverse mode treats as one op with a gradient of its own, instead of walking through it.
 * It is how a position-chunked head or a recomputed layer plugs into the same backward walk.
 */
export interface Region {
	readonly name: string;
	readonly inputs: readonly Value[];
	outputs: readonly Value[];
	readonly gradient: RegionGradient;
}

export type RegionGradient = (context: {
	region: Region;
	/** Gradient of each region output, null where nothing flows in. */
	outputGradients: readonly (Value | null)[];
	/** Whether the gradient of this value is wanted. */
	needs(value: Value): boolean;
	/** Adds to the gradient of a value. */
	accumulate(value: Value, gradient: Value): void;
	/** Runs reverse mode over nodes made since `firstNode`, for a region that builds its forward again. */
	walk(firstNode: number, seeds: readonly { value: Value; gradient: Value }[]): void;
}) => void;

/** Where the bytes of a tensor begin in a file, in the form that the graph reads. */
export interface FilePlace {
	/** Absolute, without symbolic links. */
	readonly folder: string;
	readonly name: string;
	readonly offset: number;
	/** Watches the file for changes, where somebody else may write to it; the same for all its tensors. */
	readonly watch?: FileWatch;
}

/** Both throw an expected error where a file is not what it was when it was opened. */
export interface FileWatch {
	/** Before it is opened again, by its name. */
	check(): void;
	/** While it is mapped: it lives on where its name was deleted or given to another. */
	checkMapped(): void;
}

export interface Initializer {
	readonly value: Value;
	/** Read once, when the graph is serialised, so that a large weight need not be held in memory before. */
	readonly load: () => TensorData;
	/** Where there is one: a file to map the values from instead. Asked once, when that is to be done. */
	readonly file?: (() => FilePlace) | undefined;
}

export interface NodeSpec {
	op: string;
	domain?: string;
	inputs: readonly (Value | null)[];
	outputs: readonly { dtype: DType; shape: Shape }[];
	attributes?: Record<string, Attribute>;
}

/** An ONNX graph under construction. Nodes are kept in the order of creation, which is topological. */
export class Graph {
	readonly nodes: Node[] = [];
	readonly inputs = new Map<string, Value>();
	readonly initializers = new Map<string, Initializer>();
	readonly outputs = new Map<string, Value>();
	private readonly path: string[] = [];
	private readonly counts = new Map<string, number>();
	/** The graph itself and the bodies being built inside it, outermost first, each with what `once` made in it. */
	private readonly levels: { nodes: Node[]; inputs: Iterable<Value>; memo: Map<string, Value> }[];
	private region: Region | null = null;

	constructor() {
		this.levels = [
			{ nodes: this.nodes, inputs: { [Symbol.iterator]: () => this.inputs.values() }, memo: new Map() },
		];
	}

	/** Runs `build` with `name` appended to the module path of every node made inside. */
	scope<T>(name: string, build: () => T): T {
		this.path.push(name);
		try {
			return build();
		} finally {
			this.path.pop();
		}
	}

	get modulePath(): string {
		return this.path.join("/");
	}

	input(name: string, dtype: DType, shape: Shape): Value {
		if (this.inputs.has(name) || this.initializers.has(name)) this.fail(`input ${name} is defined twice`);
		const value: Value = { graph: this, name, dtype, shape, node: null };
		this.inputs.set(name, value);
		return value;
	}

	/** A frozen tensor held by the session. `shape` must be static. */
	initializer(
		name: string,
		dtype: DType,
		shape: readonly number[],
		load: () => TensorData,
		file?: () => FilePlace,
	): Value {
		if (this.inputs.has(name) || this.initializers.has(name))
			this.fail(`initializer ${name} is defined twice`);
		const value: Value = { graph: this, name, dtype, shape, node: null };
		this.initializers.set(name, { value, load, file });
		return value;
	}

	/** A float constant; equal scalars are shared. */
	scalar(x: number): Value {
		return this.once(`const/f32/${Object.is(x, -0) ? "-0" : x}`, (name) =>
			this.initializer(name, "f32", [], () => Float32Array.of(x)),
		);
	}

	/** An int64 constant: a vector for an array, a scalar for a number; equal constants are shared. */
	ints(x: number | readonly number[]): Value {
		const list = typeof x === "number" ? [x] : x;
		return this.once(`const/i64/${typeof x === "number" ? x : `[${x.join(",")}]`}`, (name) =>
			this.initializer(name, "i64", typeof x === "number" ? [] : [list.length], () =>
				BigInt64Array.from(list, (v) => BigInt(v)),
			),
		);
	}

	/** The numbers of a constant made by `ints`. */
	constantInts(value: Value): number[] {
		const data = this.initializers.get(value.name)?.load();
		if (!(data instanceof BigInt64Array)) return this.fail(`${describe(value)} is not an integer constant`);
		return Array.from(data, Number);
	}

	/** Builds a value on first use of `key` and returns the same one afterwards. */
	once(key: string, build: (key: string) => Value): Value {
		for (const { memo } of this.levels) {
			const known = memo.get(key);
			if (known) return known;
		}
		const made = build(key);
		// A constant belongs to the whole graph; a node made in a body cannot be read outside of it.
		const level = made.node === null ? this.levels[0] : this.levels.at(-1);
		level?.memo.set(key, made);
		return made;
	}

	/** Inputs of the graph and of the bodies being built, outermost first. */
	get visibleInputs(): Value[] {
		return this.levels.flatMap(({ inputs }) => [...inputs]);
	}

	/** Builds a graph inside a node: nodes made by `build` belong to it. */
	body(
		name: string,
		inputs: readonly { name: string; dtype: DType; shape: Shape }[],
		build: (inputs: readonly Value[]) => readonly Value[],
	): Body {
		return this.scope(name, () => {
			const values = inputs.map((input) => ({
				...input,
				graph: this,
				name: `${this.modulePath}/${input.name}`,
				node: null,
			}));
			const body: Body = { name: this.modulePath, inputs: values, nodes: [], outputs: [] };
			this.levels.push({ nodes: body.nodes, inputs: values, memo: new Map() });
			try {
				body.outputs = build(values);
			} finally {
				this.levels.pop();
			}
			return body;
		});
	}

	node(spec: NodeSpec): Node {
		for (const input of spec.inputs) {
			if (input && input.graph !== this)
				this.fail(`${spec.op}: input ${input.name} belongs to another graph`);
		}
		const base = [...this.path, spec.op].join("/");
		const count = this.counts.get(base) ?? 0;
		this.counts.set(base, count + 1);
		const name = count === 0 ? base : `${base}_${count}`;
		const outputs: Value[] = [];
		const node: Node = {
			op: spec.op,
			domain: spec.domain ?? "",
			name,
			inputs: spec.inputs,
			outputs,
			attributes: spec.attributes ?? {},
			region: this.region,
		};
		spec.outputs.forEach(({ dtype, shape }, i) => {
			outputs.push({ graph: this, name: i === 0 ? name : `${name}:${i}`, dtype, shape, node });
		});
		this.levels.at(-1)?.nodes.push(node);
		return node;
	}

	/** Groups what `build` makes into one region whose gradient is `gradient`. Regions do not nest: the outer one counts. */
	group(
		name: string,
		inputs: readonly Value[],
		build: () => readonly Value[],
		gradient: RegionGradient,
	): readonly Value[] {
		if (this.region) return this.scope(name, build);
		const region: Region = { name: [...this.path, name].join("/"), inputs, outputs: [], gradient };
		this.region = region;
		try {
			region.outputs = this.scope(name, build);
		} finally {
			this.region = null;
		}
		return region.outputs;
	}

	output(name: string, value: Value): void {
		if (this.outputs.has(name) || this.inputs.has(name) || this.initializers.has(name))
			this.fail(`output ${name} has the name of another output, an input or an initializer`);
		this.outputs.set(name, value);
	}

	/** Throws a `graph-invalid` error that names the module path. */
	fail(message: string): never {
		const where = this.modulePath;
		throw new AppError({
			code: "graph-invalid",
			message: where ? `${where}: ${message}` : message,
			hint: "The model's configuration and its tensors do not fit each other, or an op was given a wrong shape.",
		});
	}
}

export function describe(value: Value): string {
	return `${value.name} ${value.dtype}${showShape(value.shape)}`;
}

/** A dimension of a value by position; negative counts from the end. */
export function dimOf(value: Value, axis: number): Dim {
	const dim = value.shape.at(axis);
	if (dim === undefined) value.graph.fail(`${describe(value)} has no axis ${axis}`);
	return dim;
}
