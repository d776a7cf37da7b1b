import { join } from "node:path";
import type { TensorData } from "../graph/graph.ts";
import type { Backend, Loadable, Loaded, LoadOptions } from "./backend.ts";
import { executionProviders } from "./device.ts";
import { InferenceSession, Tensor } from "./ort.ts";
import { type Feed, type HostTensor, isResident, ResidentTensor } from "./tensors.ts";

/** ONNX Runtime through its addon for Node. */
export const addon: Backend = {
	load: async (what, options) => new AddonGraph(await create(what, options), options),
	// On CUDA every output of the addon is copied to the computer's memory.
	keepsResident: ({ provider }) => provider === "webgpu",
};

class AddonGraph implements Loaded {
	readonly #session: InferenceSession;
	#profiles: boolean;

	constructor(session: InferenceSession, { profileDir }: LoadOptions) {
		this.#session = session;
		this.#profiles = profileDir !== undefined;
	}

	get inputNames(): readonly string[] {
		return this.#session.inputNames;
	}

	get outputNames(): readonly string[] {
		return this.#session.outputNames;
	}

	/** The event loop does not turn meanwhile. */
	async run(feeds: ReadonlyMap<string, Feed>, fetches: readonly string[]): Promise<Map<string, Feed>> {
		const inputs = Object.fromEntries([...feeds].map(([name, feed]) => [name, toTensor(feed)]));
		const results = await this.#session.run(inputs, [...fetches]);
		return new Map(Object.entries(results).map(([name, tensor]) => [name, fromTensor(tensor)]));
	}

	async endProfiling(): Promise<void> {
		if (this.#profiles) this.#session.endProfiling();
		this.#profiles = false;
	}

	async release(): Promise<void> {
		await this.endProfiling();
		await this.#session.release();
	}
}

class AddonTensor extends ResidentTensor {
	readonly tensor: Tensor;

	constructor(tensor: Tensor) {
		super();
		this.tensor = tensor;
	}

	get shape(): readonly number[] {
		return this.tensor.dims;
	}

	release(): void {
		this.tensor.dispose();
	}
}

function create({ model, external, mappedFrom }: Loadable, options: LoadOptions): Promise<InferenceSession> {
	const { device, threads = 0, optimization = "all", profileDir, resident = [] } = options;
	const settings: InferenceSession.SessionOptions = {
		executionProviders: executionProviders(device),
		graphOptimizationLevel: optimization,
		executionMode: "sequential",
		intraOpNumThreads: threads,
		enableCpuMemArena: true,
		// Measured: with the pattern on, peak memory nearly doubles and nothing is faster.
		enableMemPattern: false,
		logSeverityLevel: 3,
		externalData: [...external],
		...(profileDir === undefined ? {} : profiling(profileDir)),
	};
	if (resident.length > 0)
		settings.preferredOutputLocation = Object.fromEntries(resident.map((name) => [name, "gpu-buffer"]));
	if (mappedFrom !== null) {
		// Packing would copy what is mapped.
		const session = { model_external_initializers_file_folder_path: mappedFrom, disable_prepacking: "1" };
		settings.extra = { session };
	}
	// Two overloads take the two kinds apart.
	return typeof model === "string"
		? InferenceSession.create(model, settings)
		: InferenceSession.create(model, settings);
}

let profileCount = 0;

/** Each session of a process writes a file of its own. */
function profiling(dir: string): InferenceSession.SessionOptions {
	return { enableProfiling: true, profileFilePrefix: join(dir, `session-${profileCount++}`) };
}

function toTensor(feed: Feed): Tensor {
	if (isResident(feed)) return (feed as AddonTensor).tensor;
	const { data, shape } = feed;
	if (data instanceof Float32Array) return new Tensor("float32", data, shape);
	if (data instanceof Uint16Array) return halfTensor(data, shape);
	if (data instanceof BigInt64Array) return new Tensor("int64", data, shape);
	return new Tensor("bool", data, shape);
}

/**
 * The bits of half precision numbers as a tensor. Where JavaScript has a Float16Array the tensor turns them into one, which
 * the native side of ONNX Runtime 1.30 does not read: it is shown the bits.
 */
function halfTensor(data: Uint16Array, shape: readonly number[]): Tensor {
	return Object.defineProperty(new Tensor("float16", data, shape), "data", { value: data });
}

function fromTensor(tensor: Tensor): Feed {
	return tensor.location === "gpu-buffer" ? new AddonTensor(tensor) : hostTensor(tensor);
}

function hostTensor({ type, data, dims }: Tensor): HostTensor {
	if (type !== "float16") return { shape: dims, data: data as TensorData };
	const { buffer, byteOffset, length } = data as Uint16Array;
	return { shape: dims, data: new Uint16Array(buffer, byteOffset, length) };
}
