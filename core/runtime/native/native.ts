import {
	type Backend,
	cancelledRun,
	type Loadable,
	type Loaded,
	type LoadOptions,
	type RunOptions,
} from "../backend.ts";
import { settingsOf } from "../settings.ts";
import type { Feed } from "../tensors.ts";
import type { Pointer } from "./koffi.ts";
import { count, cPath, type Library, library, memoryInfo, pointer } from "./library.ts";
import { addExternal, sessionOptions } from "./options.ts";
import type { Call } from "./table.ts";
import { bindInput, boundValues, NativeTensor, takeHost } from "./values.ts";

/**
 * ONNX Runtime through its C interface: loading and runs leave the event loop free, a run can be cancelled, and outputs can
 * stay where they were computed, on CUDA too.
 */
export const native: Backend = {
	load: async (what, options) => {
		const ort = library();
		return new NativeGraph(ort, await create(ort, what, options), options);
	},
	keepsResident: ({ provider }) => provider === "cpu" || provider === "cuda",
};

/** Ends each run under way. The process would wait for them before it exits. */
const underWay = new Set<() => void>();
process.on("exit", () => {
	for (const terminate of underWay) terminate();
});

class NativeGraph implements Loaded {
	readonly inputNames: readonly string[];
	readonly outputNames: readonly string[];
	readonly #ort: Library;
	readonly #session: Pointer;
	readonly #resident: ReadonlySet<string>;
	/** `OrtMemoryInfo` of the device. */
	readonly #deviceMemory: Pointer;
	readonly #running = new Set<Promise<unknown>>();
	#profiles: boolean;
	#released = false;

	constructor(ort: Library, session: Pointer, { device, resident = [], profileDir }: LoadOptions) {
		this.#ort = ort;
		this.#session = session;
		this.#resident = new Set(resident);
		this.#profiles = profileDir !== undefined;
		this.#deviceMemory = memoryInfo(ort.api, device.provider === "cuda" ? "Cuda" : "Cpu", device.deviceId);
		const { api } = ort;
		this.inputNames = this.#names(api.SessionGetInputCount, api.SessionGetInputName);
		this.outputNames = this.#names(api.SessionGetOutputCount, api.SessionGetOutputName);
	}

	async run(
		feeds: ReadonlyMap<string, Feed>,
		fetches: readonly string[],
		{ signal }: RunOptions = {},
	): Promise<Map<string, Feed>> {
		if (this.#released) throw new Error("the session was released before it was run");
		if (signal?.aborted) throw cancelledRun();
		const run = this.#run(feeds, fetches, signal);
		this.#running.add(run);
		try {
			return await run;
		} finally {
			this.#running.delete(run);
		}
	}

	async endProfiling(): Promise<void> {
		if (this.#profiles)
			this.#text((out) => this.#ort.api.SessionEndProfiling(this.#session, this.#ort.allocator, out));
		this.#profiles = false;
	}

	/** Waits for the runs under way. */
	async release(): Promise<void> {
		if (this.#released) return;
		this.#released = true;
		await Promise.allSettled(this.#running);
		await this.endProfiling();
		this.#ort.free.Session(this.#session);
		this.#ort.free.MemoryInfo(this.#deviceMemory);
	}

	async #run(
		feeds: ReadonlyMap<string, Feed>,
		fetches: readonly string[],
		signal: AbortSignal | undefined,
	): Promise<Map<string, Feed>> {
		const { api, free, hostMemory } = this.#ort;
		const binding = pointer((out) => api.CreateIoBinding(this.#session, out));
		const options = pointer((out) => api.CreateRunOptions(out));
		const terminate = () => api.RunOptionsSetTerminate(options);
		underWay.add(terminate);
		try {
			for (const [name, feed] of feeds) bindInput(this.#ort, binding, name, feed);
			for (const name of fetches)
				api.BindOutputToDevice(binding, name, this.#resident.has(name) ? this.#deviceMemory : hostMemory);
			signal?.addEventListener("abort", terminate);
			await api.RunWithBinding.later(feeds, this.#session, options, binding);
			return this.#outputs(binding, fetches);
		} catch (error) {
			throw signal?.aborted ? cancelledRun(error) : error;
		} finally {
			signal?.removeEventListener("abort", terminate);
			underWay.delete(terminate);
			free.IoBinding(binding);
			free.RunOptions(options);
		}
	}

	#outputs(binding: Pointer, fetches: readonly string[]): Map<string, Feed> {
		const values = boundValues(this.#ort, binding);
		const outputs = new Map<string, Feed>();
		try {
			for (const name of fetches) {
				const value = values.shift() as Pointer;
				const output = this.#resident.has(name)
					? new NativeTensor(this.#ort, value)
					: takeHost(this.#ort, value);
				outputs.set(name, output);
			}
			return outputs;
		} finally {
			for (const value of values) this.#ort.free.Value(value);
		}
	}

	#names(
		size: Call<[Pointer, ArrayBufferView]>,
		name: Call<[Pointer, number, Pointer, ArrayBufferView]>,
	): string[] {
		const { allocator } = this.#ort;
		return Array.from({ length: count((out) => size(this.#session, out)) }, (_, i) =>
			this.#text((out) => name(this.#session, i, allocator, out)),
		);
	}

	/** Text that ONNX Runtime allocates. */
	#text(call: (out: BigUint64Array) => void): string {
		const { api, allocator, koffi } = this.#ort;
		const at = pointer(call);
		const text = koffi.decode.string(at);
		api.AllocatorFree(allocator, at);
		return text;
	}
}

async function create(ort: Library, what: Loadable, options: LoadOptions): Promise<Pointer> {
	const { api, env, free } = ort;
	const { model } = what;
	const external = what.external.map(({ path, data }) => ({ path: cPath(path), data }));
	const own = sessionOptions(ort, settingsOf(what, options));
	const out = new BigUint64Array(1);
	const path = typeof model === "string" ? cPath(model) : null;
	try {
		addExternal(ort, own, external);
		if (path !== null) await api.CreateSession.later(external, env, path, own, out);
		else if (typeof model !== "string")
			await api.CreateSessionFromArray.later(external, env, model, model.byteLength, own, out);
		return out[0] as Pointer;
	} finally {
		free.SessionOptions(own);
	}
}
