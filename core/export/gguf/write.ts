import { createHash, type Hash } from "node:crypto";
import { type TensorSource, writeValues } from "../../models/hf/safetensors.ts";
import { elementCount } from "../../models/hf/safetensors-header.ts";
import { writeAtomically, writeFully } from "../../store/files.ts";
import {
	ALIGNMENT,
	aligned,
	type GgufDtype,
	type GgufValue,
	MAGIC,
	type Metadata,
	Q8_BLOCK,
	TENSOR_TYPES,
	VALUE_TYPES,
	VERSION,
	valueBytes,
} from "./layout.ts";
import { quantiseQ8 } from "./q8.ts";

/** Values quantised in one piece: whole blocks. */
const CHUNK_VALUES = 1 << 20;

export interface GgufTensor {
	name: string;
	dtype: GgufDtype;
	source: TensorSource;
}

/** What a tensor became on disk; `sha256` is over the bytes handed to the disk. */
export interface WrittenGguf {
	name: string;
	dtype: GgufDtype;
	shape: readonly number[];
	sha256: string;
}

/**
 * Writes a GGUF file atomically, one tensor in memory at a time. Throws `disk-full`, and `config-invalid` when a value is
 * too large for F16.
 */
export function writeGguf(
	path: string,
	metadata: Metadata,
	tensors: readonly GgufTensor[],
	onProgress: (bytesDone: number, bytesTotal: number) => void = () => {},
): WrittenGguf[] {
	let position = 0;
	const plan = tensors.map((tensor) => {
		const bytes = valueBytes(elementCount(tensor.source.shape), tensor.dtype);
		const placed = { ...tensor, offset: position, bytes };
		position = aligned(position + bytes);
		return placed;
	});
	const written: WrittenGguf[] = [];
	writeAtomically(path, (fd) => {
		writeFully(fd, encodeHeader(metadata, plan));
		for (const { name, dtype, source, offset, bytes } of plan) {
			const values = source.load();
			if (values.length !== elementCount(source.shape))
				throw new Error(`tensor ${name}: ${values.length} values do not fill [${source.shape}]`);
			const hash = createHash("sha256");
			if (dtype === "Q8_0") writeQ8(fd, values, hash);
			else writeValues(fd, path, name, values, dtype, hash);
			writeFully(fd, new Uint8Array(aligned(bytes) - bytes));
			written.push({ name, dtype, shape: source.shape, sha256: hash.digest("hex") });
			onProgress(aligned(offset + bytes), position);
		}
	});
	return written;
}

function writeQ8(fd: number, values: Float32Array, hash: Hash): void {
	const chunk = new Uint8Array(valueBytes(Math.min(CHUNK_VALUES, values.length), "Q8_0"));
	for (let at = 0; at < values.length; at += CHUNK_VALUES) {
		const part = values.subarray(at, at + CHUNK_VALUES);
		const bytes = chunk.subarray(0, valueBytes(part.length, "Q8_0"));
		quantiseQ8(part, bytes);
		hash.update(bytes);
		writeFully(fd, bytes);
	}
}

/** Whether every row fills whole blocks; a row that does not cannot be written as Q8_0. */
export function fitsQ8(shape: readonly number[]): boolean {
	return (shape.at(-1) ?? 0) % Q8_BLOCK === 0;
}

function encodeHeader(metadata: Metadata, plan: readonly (GgufTensor & { offset: number })[]): Uint8Array {
	const parts: Uint8Array[] = [number(4, MAGIC), number(4, VERSION), u64(plan.length), u64(metadata.size)];
	// Not spread: a vocabulary has more entries than a call takes arguments.
	for (const [key, value] of metadata)
		for (const part of [[text(key)], encode(value)].flat()) parts.push(part);
	for (const { name, dtype, source, offset } of plan) {
		// ggml counts dimensions from the innermost.
		const dims = [...source.shape].reverse().map(u64);
		parts.push(text(name), number(4, dims.length), ...dims, number(4, TENSOR_TYPES[dtype]), u64(offset));
	}
	const header = Buffer.concat(parts);
	return Buffer.concat([header, new Uint8Array(aligned(header.length) - header.length)]);
}

function encode(value: GgufValue): Uint8Array[] {
	const head = number(4, VALUE_TYPES[value.type]);
	switch (value.type) {
		case "string":
			return [head, text(value.value)];
		case "bool":
			return [head, number(1, Number(value.value))];
		case "array": {
			const items =
				value.of === "string" ? value.value.map(text) : value.value.map((item) => scalar(value.of, item));
			return [head, number(4, VALUE_TYPES[value.of]), u64(items.length), ...items];
		}
		default:
			return [head, scalar(value.type, value.value)];
	}
}

function scalar(type: "u32" | "i32" | "f32", value: number): Uint8Array {
	const bytes = Buffer.alloc(4);
	if (type === "u32") bytes.writeUInt32LE(value);
	else if (type === "i32") bytes.writeInt32LE(value);
	else bytes.writeFloatLE(value);
	return bytes;
}

function number(width: 1 | 4, value: number): Uint8Array {
	const bytes = Buffer.alloc(width);
	bytes.writeUIntLE(value, 0, width);
	return bytes;
}

function u64(value: number): Uint8Array {
	const bytes = Buffer.alloc(8);
	bytes.writeBigUInt64LE(BigInt(value));
	return bytes;
}

function text(value: string): Uint8Array {
	const bytes = Buffer.from(value, "utf8");
	return Buffer.concat([u64(bytes.length), bytes]);
}

/** Bytes of a file with these tensors; `metadata` is what its keys and vocabulary take besides. */
export function ggufBytes(tensors: readonly GgufTensorSize[], metadata: number): number {
	return tensors.reduce(
		(sum, { name, dtype, shape }) =>
			sum + aligned(valueBytes(elementCount(shape), dtype)) + name.length + 24 + 8 * shape.length,
		metadata + ALIGNMENT,
	);
}

type GgufTensorSize = Pick<GgufTensor, "name" | "dtype"> & { shape: readonly number[] };
