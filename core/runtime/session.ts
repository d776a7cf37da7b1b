import { join } from "node:path";
import { AppError } from "../contract/errors.ts";
import type { Device } from "../contract/provider.ts";
import type { FileWatch, Graph, TensorData } from "../graph/graph.ts";
import { EXTERNAL_FILE, type SerialisedGraph, serialise } from "../graph/serialise.ts";
import { deviceInUse, executionProviders, loweringFor } from "./device.ts";
import { InferenceSession, Tensor } from "./ort.ts";

/** A dense array with its shape, as it crosses into and out of a session. */
export interface HostTensor {
	readonly shape: readonly number[];
	readonly data: TensorData;
}

export interface SessionOptions {
	/** What computes; default is the device of this process. */
	device?: Device;
	/** `disabled` runs the graph op by op as it was built: for comparing. Default `all`. */
	optimization?: "all" | "disabled";
	/** Folder for ONNX Runtime's profile of what ran where and how long; `readPlacement` reads it after `release`. */
	profileDir?: string;
	/** CPU threads inside an op; 0 lets ONNX Runtime take every core. */
	threads?: number;
	/** Bytes of weights past which they are mapped from the files they lie in, see `MAPPED_BYTES`. */
	mapAboveBytes?: number;
}

/** Bytes that were handed to sessions and back: on a GPU, what crosses the bus. */
export interface Traffic {
	readonly inBytes: number;
	readonly outBytes: number;
}

/** A graph loaded into ONNX Runtime. */
export class GraphSession {
	private readonly session: InferenceSession;
	private readonly profiles: boolean;
	/** Of the files that weights are mapped from. */
	private readonly watches: ReadonlySet<FileWatch>;
	private inBytes = 0;
	private outBytes = 0;

	private constructor(
		session: InferenceSession,
		profiles = false,
		watches: ReadonlySet<FileWatch> = new Set(),
	) {
		this.session = session;
		this.profiles = profiles;
		this.watches = watches;
	}

	/**
	 * Serialises the graph and loads it. Throws `graph-invalid` when ONNX Runtime refuses it, `out-of-memory`, `file-missing` and
	 * `file-corrupt` for a file of weights that was deleted or changed since it was opened.
	 */
	static async create(graph: Graph, options: SessionOptions = {}): Promise<GraphSession> {
		const lowering = loweringFor(options.device ?? deviceInUse());
		const serialised = serialise(graph, { mapAboveBytes: options.mapAboveBytes, lowering });
		const { model, external, mappedFrom, watches } = serialised;
		const profiles = options.profileDir !== undefined;
		const settings: InferenceSession.SessionOptions = {
			...settingsFor(options),
			externalData: external.length > 0 ? [{ path: EXTERNAL_FILE, data: externalBytes(serialised) }] : [],
		};
		if (mappedFrom !== null) {
			// Packing would copy what is mapped.
			const session = { model_external_initializers_file_folder_path: mappedFrom, disable_prepacking: "1" };
			settings.extra = { session };
		}
		try {
			for (const watch of watches) watch.check();
			return new GraphSession(await InferenceSession.create(model, settings), profiles, watches);
		} catch (cause) {
			throw refusal(cause, "loaded");
		}
	}

	/** Loads a model file; what it keeps outside is read from beside it. Throws `graph-invalid`, `out-of-memory`. */
	static async open(
		path: string,
		options: Pick<SessionOptions, "device" | "threads"> = {},
	): Promise<GraphSession> {
		try {
			return new GraphSession(await InferenceSession.create(path, settingsFor(options)));
		} catch (cause) {
			throw refusal(cause, "loaded");
		}
	}

	/** Runs the graph once. The event loop does not turn meanwhile. Throws `file-corrupt` where mapped weights were written to. */
	async run(
		feeds: Readonly<Record<string, HostTensor>>,
		fetches?: readonly string[],
	): Promise<Record<string, HostTensor>> {
		const wanted = this.session.inputNames;
		const inputs: Record<string, Tensor> = {};
		for (const name of wanted) {
			const feed = feeds[name];
			if (!feed) throw new Error(`the graph's input ${name} was not fed`);
			inputs[name] = toTensor(feed);
			this.inBytes += feed.data.byteLength;
		}
		try {
			const results = await this.session.run(inputs, [...(fetches ?? this.session.outputNames)]);
			for (const watch of this.watches) watch.checkMapped();
			const outputs: Record<string, HostTensor> = {};
			for (const [name, tensor] of Object.entries(results)) {
				const data = dataOf(tensor);
				this.outBytes += data.byteLength;
				outputs[name] = { shape: tensor.dims, data };
			}
			return outputs;
		} catch (cause) {
			throw refusal(cause, "run");
		}
	}

	get inputNames(): readonly string[] {
		return this.session.inputNames;
	}

	get outputNames(): readonly string[] {
		return this.session.outputNames;
	}

	/** Over all runs so far. */
	get traffic(): Traffic {
		return { inBytes: this.inBytes, outBytes: this.outBytes };
	}

	async release(): Promise<void> {
		if (this.profiles) this.session.endProfiling();
		await this.session.release();
	}
}

let profileCount = 0;

/** Each session of a process writes a file of its own. */
function profiling(dir: string): InferenceSession.SessionOptions {
	return { enableProfiling: true, profileFilePrefix: join(dir, `session-${profileCount++}`) };
}

function settingsFor(options: SessionOptions): InferenceSession.SessionOptions {
	const { device, threads = 0, optimization = "all", profileDir } = options;
	return {
		executionProviders: executionProviders(device ?? deviceInUse()),
		graphOptimizationLevel: optimization,
		executionMode: "sequential",
		intraOpNumThreads: threads,
		enableCpuMemArena: true,
		// Measured: with the pattern on, peak memory nearly doubles and nothing is faster.
		enableMemPattern: false,
		logSeverityLevel: 3,
		...(profileDir === undefined ? {} : profiling(profileDir)),
	};
}

function toTensor({ data, shape }: HostTensor): Tensor {
	if (data instanceof Float32Array) return new Tensor("float32", data, shape);
	if (data instanceof Uint16Array) return halfTensor(data, shape);
	if (data instanceof BigInt64Array) return new Tensor("int64", data, shape);
	return new Tensor("bool", data, shape);
}

function externalBytes({ external, externalBytes: size }: SerialisedGraph): Uint8Array {
	const bytes = new Uint8Array(size);
	for (const { offset, load } of external) bytes.set(load(), offset);
	return bytes;
}

/** ONNX Runtime's refusals name the node, and so the module path; memory is told apart, for it has another remedy. */
function refusal(cause: unknown, verb: "loaded" | "run"): AppError {
	if (cause instanceof AppError) return cause;
	const reason = cause instanceof Error ? cause.message : String(cause);
	if (/failed to allocate|allocation failed|out of memory|bad_alloc|bad allocation/i.test(reason)) {
		return new AppError(
			{
				code: "out-of-memory",
				message: `The graph could not be ${verb}: there was not enough memory. ${reason}`,
				hint: "Lower the micro-batch token budget, turn recompute on, or close other programs.",
			},
			{ cause },
		);
	}
	return new AppError(
		{
			code: "graph-invalid",
			message: `ONNX Runtime could not ${verb === "run" ? "run" : "load"} the graph: ${reason}`,
			hint: "The text names the node and so the module. If the model's files are sound, this is a bug worth reporting.",
		},
		{ cause },
	);
}

/**
 * The bits of half precision numbers as a tensor. Where JavaScript has a Float16Array the tensor turns them into one, which
 * the native side of ONNX Runtime 1.30 does not read: it is shown the bits.
 */
function halfTensor(data: Uint16Array, shape: readonly number[]): Tensor {
	return Object.defineProperty(new Tensor("float16", data, shape), "data", { value: data });
}

function dataOf({ type, data }: Tensor): TensorData {
	if (type !== "float16") return data as TensorData;
	const { buffer, byteOffset, length } = data as Uint16Array;
	return new Uint16Array(buffer, byteOffset, length);
}
