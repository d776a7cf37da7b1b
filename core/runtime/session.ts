import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { AppError } from "../contract/errors.ts";
import type { Graph, TensorData } from "../graph/graph.ts";
import { EXTERNAL_FILE, type SerialisedGraph, serialise } from "../graph/serialise.ts";

/** A dense array with its shape, as it crosses into and out of a session. */
export interface HostTensor {
	readonly shape: readonly number[];
	readonly data: TensorData;
}

export interface SessionOptions {
	/** Execution providers in order of preference; default `["cpu"]`. */
	providers?: readonly string[];
	/** CPU threads inside an op; 0 lets ONNX Runtime take every core. */
	threads?: number;
	/** Where the weights of a model too large for memory are written, to be mapped from there. */
	weightsDir?: string;
}

/** Past this size weights are mapped from a file: two sessions then share one copy, and creation stays quick. */
const MAPPED_BYTES = 512 * 1024 * 1024;

/** A graph loaded into ONNX Runtime. */
export class GraphSession {
	private readonly session: InferenceSession;

	private constructor(session: InferenceSession) {
		this.session = session;
	}

	/** Serialises the graph and loads it. Throws `graph-invalid` when ONNX Runtime refuses it. */
	static async create(graph: Graph, options: SessionOptions = {}): Promise<GraphSession> {
		const serialised = serialise(graph);
		const settings: InferenceSession.SessionOptions = {
			executionProviders: [...(options.providers ?? ["cpu"])],
			graphOptimizationLevel: "all",
			executionMode: "sequential",
			intraOpNumThreads: options.threads ?? 0,
			enableCpuMemArena: true,
			// Measured: with the pattern on, peak memory nearly doubles and nothing is faster.
			enableMemPattern: false,
			logSeverityLevel: 3,
		};
		try {
			if (serialised.externalBytes > MAPPED_BYTES && options.weightsDir) {
				const path = await writeModel(serialised, options.weightsDir);
				const mapped = { extra: { session: { disable_prepacking: "1" } } };
				return new GraphSession(await InferenceSession.create(path, { ...settings, ...mapped }));
			}
			const externalData =
				serialised.external.length > 0 ? [{ path: EXTERNAL_FILE, data: externalBytes(serialised) }] : [];
			return new GraphSession(await InferenceSession.create(serialised.model, { ...settings, externalData }));
		} catch (cause) {
			throw refusal(cause, "loaded");
		}
	}

	/** Runs the graph once. The event loop does not turn meanwhile. */
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
		}
		try {
			const results = await this.session.run(inputs, [...(fetches ?? this.session.outputNames)]);
			return Object.fromEntries(
				Object.entries(results).map(([name, tensor]) => [
					name,
					{ shape: tensor.dims, data: tensor.data as TensorData },
				]),
			);
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

	async release(): Promise<void> {
		await this.session.release();
	}
}

function toTensor({ data, shape }: HostTensor): Tensor {
	if (data instanceof Float32Array) return new Tensor("float32", data, shape);
	if (data instanceof BigInt64Array) return new Tensor("int64", data, shape);
	return new Tensor("bool", data, shape);
}

function externalBytes({ external, externalBytes: size }: SerialisedGraph): Uint8Array {
	const bytes = new Uint8Array(size);
	for (const { offset, load } of external) bytes.set(asBytes(load()), offset);
	return bytes;
}

const asBytes = (data: TensorData) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

async function writeModel({ model, external }: SerialisedGraph, dir: string): Promise<string> {
	await mkdir(dir, { recursive: true });
	const weights = createWriteStream(join(dir, EXTERNAL_FILE));
	let position = 0;
	for (const { offset, byteLength, load } of external) {
		if (offset > position && !weights.write(new Uint8Array(offset - position))) await once(weights, "drain");
		if (!weights.write(asBytes(load()))) await once(weights, "drain");
		position = offset + byteLength;
	}
	weights.end();
	await once(weights, "finish");
	const path = join(dir, "model.onnx");
	const file = createWriteStream(path);
	file.end(model);
	await once(file, "finish");
	return path;
}

/** ONNX Runtime's refusals name the node, and so the module path; memory is told apart, for it has another remedy. */
function refusal(cause: unknown, verb: "loaded" | "run"): AppError {
	const reason = cause instanceof Error ? cause.message : String(cause);
	if (/failed to allocate|out of memory|bad_alloc|bad allocation/i.test(reason)) {
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
