import { AppError } from "../contract/errors.ts";
import type { FileWatch, Graph } from "../graph/graph.ts";
import { EXTERNAL_FILE, type SerialisedGraph, serialise } from "../graph/serialise.ts";
import type { Backend, Loadable, Loaded, LoadOptions, RunOptions } from "./backend.ts";
import { backendFor } from "./backends.ts";
import { deviceInUse, loweringFor } from "./device.ts";
import { type Feed, type HostTensor, isResident, type ResidentTensor } from "./tensors.ts";

export interface SessionOptions extends Partial<LoadOptions> {
	/** Bytes of weights past which they are mapped from the files they lie in, see `MAPPED_BYTES`. */
	readonly mapAboveBytes?: number;
	/** The one for the device unless given. */
	readonly backend?: Backend;
}

/** Bytes that were handed to sessions and back: on a GPU, what crosses the bus. */
export interface Traffic {
	readonly inBytes: number;
	readonly outBytes: number;
}

/** A graph loaded into ONNX Runtime. */
export class GraphSession {
	private readonly loaded: Loaded;
	/** Of the files that weights are mapped from. */
	private readonly watches: ReadonlySet<FileWatch>;
	private inBytes = 0;
	private outBytes = 0;

	private constructor(loaded: Loaded, watches: ReadonlySet<FileWatch> = new Set()) {
		this.loaded = loaded;
		this.watches = watches;
	}

	/**
	 * Serialises the graph and loads it, on the device of this process unless told otherwise. Throws `graph-invalid` when ONNX
	 * Runtime refuses it, `out-of-memory`, `file-missing` and `file-corrupt` for a file of weights that was deleted or changed
	 * since it was opened.
	 */
	static async create(graph: Graph, options: SessionOptions = {}): Promise<GraphSession> {
		const lowering = loweringFor(options.device ?? deviceInUse());
		const serialised = serialise(graph, { mapAboveBytes: options.mapAboveBytes, lowering });
		const { model, external, mappedFrom, watches } = serialised;
		const data = external.length > 0 ? [{ path: EXTERNAL_FILE, data: externalBytes(serialised) }] : [];
		for (const watch of watches) watch.check();
		return new GraphSession(await load({ model, external: data, mappedFrom }, options), watches);
	}

	/** Loads a model file; what it keeps outside is read from beside it. Throws `graph-invalid`, `out-of-memory`. */
	static async open(
		path: string,
		options: Pick<SessionOptions, "device" | "threads"> = {},
	): Promise<GraphSession> {
		return new GraphSession(await load({ model: path, external: [], mappedFrom: null }, options));
	}

	/**
	 * Runs the graph once; nothing that is fed may be changed meanwhile. Through the addon the event loop does not turn until it
	 * is done. Throws `file-corrupt` where mapped weights were written to, `out-of-memory`, `graph-invalid`, `cancelled`.
	 */
	async run(
		feeds: Readonly<Record<string, Feed>>,
		fetches?: readonly string[],
		options?: RunOptions,
	): Promise<Record<string, HostTensor>> {
		const { host, resident } = await this.runResident(feeds, fetches, options);
		const [first] = Object.keys(resident);
		if (first !== undefined) throw new Error(`the output ${first} stays on the device`);
		return host;
	}

	/** As `run`, for a session with outputs that stay on the device; the caller releases those. */
	async runResident(
		feeds: Readonly<Record<string, Feed>>,
		fetches: readonly string[] = this.outputNames,
		options?: RunOptions,
	): Promise<{ host: Record<string, HostTensor>; resident: Record<string, ResidentTensor> }> {
		const inputs = new Map<string, Feed>();
		for (const name of this.inputNames) {
			const feed = feeds[name];
			if (!feed) throw new Error(`the graph's input ${name} was not fed`);
			inputs.set(name, feed);
			if (!isResident(feed)) this.inBytes += feed.data.byteLength;
		}
		try {
			const outputs = await this.loaded.run(inputs, fetches, options);
			for (const watch of this.watches) watch.checkMapped();
			const host: Record<string, HostTensor> = {};
			const resident: Record<string, ResidentTensor> = {};
			for (const [name, output] of outputs) {
				if (isResident(output)) resident[name] = output;
				else {
					host[name] = output;
					this.outBytes += output.data.byteLength;
				}
			}
			return { host, resident };
		} catch (cause) {
			throw refusal(cause, "run");
		}
	}

	get inputNames(): readonly string[] {
		return this.loaded.inputNames;
	}

	get outputNames(): readonly string[] {
		return this.loaded.outputNames;
	}

	/** Over all runs so far; what stays on the device is not in it. */
	get traffic(): Traffic {
		return { inBytes: this.inBytes, outBytes: this.outBytes };
	}

	/** Writes the profile, if there is one; what runs after this is not in it. */
	async endProfiling(): Promise<void> {
		await this.loaded.endProfiling();
	}

	async release(): Promise<void> {
		await this.loaded.release();
	}
}

async function load(what: Loadable, options: SessionOptions): Promise<Loaded> {
	const device = options.device ?? deviceInUse();
	try {
		return await (options.backend ?? backendFor(device)).load(what, { ...options, device });
	} catch (cause) {
		throw refusal(cause, "loaded");
	}
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
