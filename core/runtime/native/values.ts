import type { TensorData } from "../../graph/graph.ts";
import { type Feed, type HostTensor, isResident, ResidentTensor } from "../tensors.ts";
import type { Koffi, Pointer } from "./koffi.ts";
import { count, type Library, pointer } from "./library.ts";

/** `ONNXTensorElementDataType`. */
const FLOAT = 1;
const UINT8 = 2;
const INT64 = 7;
const BOOL = 9;
const FLOAT16 = 10;

/** A tensor that ONNX Runtime holds, where it was computed. */
export class NativeTensor extends ResidentTensor {
	readonly shape: readonly number[];
	readonly #ort: Library;
	#value: Pointer | null;

	constructor(ort: Library, value: Pointer) {
		super();
		this.#ort = ort;
		this.#value = value;
		this.shape = describe(ort, value).shape;
	}

	/** Throws once the tensor was released. */
	get value(): Pointer {
		if (this.#value === null) throw new Error("a tensor was fed after it was released");
		return this.#value;
	}

	release(): void {
		if (this.#value !== null) this.#ort.free.Value(this.#value);
		this.#value = null;
	}
}

/** Binds an input to a tensor; an array is read where it lies, and must stay alive and unchanged until the run has ended. */
export function bindInput(ort: Library, binding: Pointer, name: string, feed: Feed): void {
	if (isResident(feed)) {
		if (!(feed instanceof NativeTensor))
			throw new Error(`${name} was computed by another way into ONNX Runtime`);
		ort.api.BindInput(binding, name, feed.value);
		return;
	}
	const { data, shape } = feed;
	const elements = shape.reduce((product, size) => product * size, 1);
	if (elements !== data.length)
		throw new Error(`${name} has ${data.length} elements, and its shape [${shape}] tells ${elements}`);
	const dims = BigInt64Array.from(shape, BigInt);
	const { api, free, hostMemory } = ort;
	const value = pointer((out) =>
		api.CreateTensorWithDataAsOrtValue(
			hostMemory,
			data,
			data.byteLength,
			dims,
			dims.length,
			elementType(data),
			out,
		),
	);
	try {
		api.BindInput(binding, name, value);
	} finally {
		// The binding holds what it needs.
		free.Value(value);
	}
}

function elementType(data: TensorData): number {
	if (data instanceof Float32Array) return FLOAT;
	if (data instanceof Uint16Array) return FLOAT16;
	return data instanceof BigInt64Array ? INT64 : BOOL;
}

/**
 * Copies a tensor from ONNX Runtime's memory and releases it. Measured: showing that memory instead is no faster, keeps it until
 * JavaScript happens to collect the array, and is forbidden in Electron.
 */
export function takeHost(ort: Library, value: Pointer): HostTensor {
	try {
		const { shape, type } = describe(ort, value);
		const elements = shape.reduce((product, size) => product * size, 1);
		const at = pointer((out) => ort.api.GetTensorMutableData(value, out));
		return { shape, data: copy(ort.koffi, at, type, elements) };
	} finally {
		ort.free.Value(value);
	}
}

function copy(koffi: Koffi, at: Pointer, type: number, elements: number): TensorData {
	switch (type) {
		case FLOAT:
			return elements === 0 ? new Float32Array(0) : koffi.decode(at, "float", elements);
		case FLOAT16:
			return elements === 0 ? new Uint16Array(0) : koffi.decode(at, "uint16", elements);
		case INT64:
			return elements === 0 ? new BigInt64Array(0) : koffi.decode(at, "int64", elements);
		case UINT8:
		case BOOL:
			return elements === 0 ? new Uint8Array(0) : koffi.decode(at, "uint8", elements);
		default:
			throw new Error(`an output has the element type ${type}, which is not read`);
	}
}

const typeCell = new Int32Array(1);

function describe({ api, free }: Library, value: Pointer): { shape: number[]; type: number } {
	const info = pointer((out) => api.GetTensorTypeAndShape(value, out));
	try {
		api.GetTensorElementType(info, typeCell);
		const dims = new BigInt64Array(count((out) => api.GetDimensionsCount(info, out)));
		api.GetDimensions(info, dims, dims.length);
		return { shape: Array.from(dims, Number), type: typeCell[0] as number };
	} finally {
		free.TensorTypeAndShapeInfo(info);
	}
}

/** The outputs of a binding in the order they were bound; the caller releases each. */
export function boundValues({ api, koffi, allocator }: Library, binding: Pointer): Pointer[] {
	const length = new BigUint64Array(1);
	const list = pointer((out) => api.GetBoundOutputValues(binding, allocator, out, length));
	const values = length[0] === 0n ? [] : [...koffi.decode(list, "uint64", Number(length[0]))];
	if (list !== 0n) api.AllocatorFree(allocator, list);
	return values;
}
