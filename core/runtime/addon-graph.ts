import type { TensorData } from "../graph/graph.ts";
import { cancelledRun, type Loadable, type Loaded, type LoadOptions, type RunOptions } from "./backend.ts";
import { InferenceSession, Tensor } from "./ort.ts";
import { settingsOf } from "./settings.ts";
import { type Feed, type HostTensor, isResident, ResidentTensor } from "./tensors.ts";

/** Loads a graph through the addon. */
export async function loadGraph(what: Loadable, options: LoadOptions): Promise<Loaded> {
	return new AddonGraph(await create(what, options), options);
}

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
	async run(
		feeds: ReadonlyMap<string, Feed>,
		fetches: readonly string[],
		{ signal }: RunOptions = {},
	): Promise<Map<string, Feed>> {
		if (signal?.aborted) throw cancelledRun();
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

function create(what: Loadable, options: LoadOptions): Promise<InferenceSession> {
	const settings = settingsOf(what, options);
	const own: InferenceSession.SessionOptions = {
		executionProviders: [...settings.providers],
		graphOptimizationLevel: settings.optimization,
		executionMode: "sequential",
		intraOpNumThreads: settings.threads,
		enableCpuMemArena: settings.cpuArena,
		enableMemPattern: settings.memoryPattern,
		logSeverityLevel: settings.logSeverity as 3,
		externalData: [...what.external],
		extra: settings.entries,
	};
	if (settings.profilePrefix !== null) {
		own.enableProfiling = true;
		own.profileFilePrefix = settings.profilePrefix;
	}
	const { resident = [] } = options;
	if (resident.length > 0)
		own.preferredOutputLocation = Object.fromEntries(resident.map((name) => [name, "gpu-buffer"]));
	const { model } = what;
	// Two overloads take the two kinds apart.
	return typeof model === "string"
		? InferenceSession.create(model, own)
		: InferenceSession.create(model, own);
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
