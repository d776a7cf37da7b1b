import { createHash } from "node:crypto";
import { fstatSync } from "node:fs";
import { bf16ToF32, f16ToF32 } from "../../models/hf/dtypes.ts";
import { readExactly, type TensorSource, withFile } from "../../models/hf/safetensors.ts";
import { corrupt, elementCount } from "../../models/hf/safetensors-header.ts";
import { guardFile } from "../../store/files.ts";
import { aligned, type GgufDtype, MAGIC, TENSOR_TYPES, VALUE_TYPES, VERSION, valueBytes } from "./layout.ts";
import { dequantiseQ8 } from "./q8.ts";

/** Values widened in one piece: whole blocks. */
const CHUNK_VALUES = 1 << 20;

type Scalar = number | boolean | string;

export interface GgufFile {
	metadata: ReadonlyMap<string, Scalar | readonly Scalar[]>;
	tensors: ReadonlyMap<string, GgufFileTensor>;
}

export interface GgufFileTensor extends TensorSource {
	dtype: GgufDtype;
	/** SHA-256 of the values' bytes as they lie in the file. */
	digest(): string;
}

/** A vocabulary of 256,000 tokens with its merges takes about a third of it. */
const MAX_HEADER_BYTES = 64 * 2 ** 20;

/**
 * Opens a GGUF file that we wrote: version 3, alignment 32, tensors in F32, F16, BF16 or Q8_0. The header is read and
 * checked now, values when `load` is called. Throws `file-missing`, `file-unreadable`, `file-corrupt`.
 */
export function openGguf(path: string): GgufFile {
	return guardFile(path, () =>
		withFile(path, (fd) => {
			const fileBytes = fstatSync(fd).size;
			const head = new Uint8Array(Math.min(fileBytes, MAX_HEADER_BYTES));
			readExactly(fd, head, 0, path, null);
			return parse(head, fileBytes, path);
		}),
	);
}

function parse(head: Uint8Array, fileBytes: number, path: string): GgufFile {
	const cursor = new Cursor(head, path);
	if (cursor.u32() !== MAGIC || cursor.u32() !== VERSION)
		throw corrupt(path, null, "it does not begin as a GGUF file of version 3 does");
	const tensorCount = cursor.u64();
	const keyCount = cursor.u64();
	const metadata = new Map<string, Scalar | readonly Scalar[]>();
	for (let i = 0; i < keyCount; i++) metadata.set(cursor.text(), cursor.value());
	const infos = Array.from({ length: tensorCount }, () => {
		const name = cursor.text();
		const shape = Array.from({ length: cursor.u32() }, () => cursor.u64()).reverse();
		return { name, shape, dtype: cursor.dtype(name), offset: cursor.u64() };
	});
	const valuesAt = aligned(cursor.at);
	const tensors = new Map<string, GgufFileTensor>();
	for (const { name, shape, dtype, offset } of infos) {
		const start = valuesAt + offset;
		const bytes = valueBytes(elementCount(shape), dtype);
		if (start + bytes > fileBytes) throw corrupt(path, name, "the file ends before its values do");
		tensors.set(name, {
			shape,
			dtype,
			load: () => open(path, (fd) => load(fd, path, name, shape, dtype, start)),
			digest: () => open(path, (fd) => digest(fd, path, name, start, bytes)),
		});
	}
	return { metadata, tensors };
}

const open = <T>(path: string, action: (fd: number) => T): T => guardFile(path, () => withFile(path, action));

function load(
	fd: number,
	path: string,
	name: string,
	shape: readonly number[],
	dtype: GgufDtype,
	start: number,
): Float32Array {
	const values = new Float32Array(elementCount(shape));
	if (dtype === "F32") {
		readExactly(fd, new Uint8Array(values.buffer), start, path, name);
		return values;
	}
	for (let at = 0; at < values.length; at += CHUNK_VALUES) {
		const part = values.subarray(at, at + CHUNK_VALUES);
		const bytes = new Uint8Array(valueBytes(part.length, dtype));
		readExactly(fd, bytes, start + valueBytes(at, dtype), path, name);
		if (dtype === "Q8_0") dequantiseQ8(bytes, part);
		else (dtype === "BF16" ? bf16ToF32 : f16ToF32)(new Uint16Array(bytes.buffer), part);
	}
	return values;
}

function digest(fd: number, path: string, name: string, start: number, bytes: number): string {
	const hash = createHash("sha256");
	const chunk = new Uint8Array(4 * CHUNK_VALUES);
	for (let at = 0; at < bytes; at += chunk.length) {
		const part = chunk.subarray(0, Math.min(chunk.length, bytes - at));
		readExactly(fd, part, start + at, path, name);
		hash.update(part);
	}
	return hash.digest("hex");
}

/** A byte order mark is a token of some vocabularies. */
const TEXT = new TextDecoder("utf-8", { ignoreBOM: true });

/** Reads one value after the other; past the end is damage. */
class Cursor {
	at = 0;
	readonly #view: DataView;
	readonly #bytes: Uint8Array;
	readonly #path: string;

	constructor(bytes: Uint8Array, path: string) {
		this.#bytes = bytes;
		this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
		this.#path = path;
	}

	u32(): number {
		return this.#view.getUint32(this.#take(4), true);
	}

	u64(): number {
		return Number(this.#view.getBigUint64(this.#take(8), true));
	}

	text(): string {
		const length = this.u64();
		const start = this.#take(length);
		return TEXT.decode(this.#bytes.subarray(start, start + length));
	}

	value(): Scalar | readonly Scalar[] {
		const type = this.u32();
		if (type !== VALUE_TYPES.array) return this.#scalar(type);
		const of = this.u32();
		return Array.from({ length: this.u64() }, () => this.#scalar(of));
	}

	dtype(tensor: string): GgufDtype {
		const type = this.u32();
		const names = Object.keys(TENSOR_TYPES) as GgufDtype[];
		const found = names.find((name) => TENSOR_TYPES[name] === type);
		if (found === undefined) throw corrupt(this.#path, tensor, `unknown tensor type ${type}`);
		return found;
	}

	#scalar(type: number): Scalar {
		switch (type) {
			case VALUE_TYPES.u32:
				return this.u32();
			case VALUE_TYPES.i32:
				return this.#view.getInt32(this.#take(4), true);
			case VALUE_TYPES.f32:
				return this.#view.getFloat32(this.#take(4), true);
			case VALUE_TYPES.bool:
				return this.#view.getUint8(this.#take(1)) !== 0;
			case VALUE_TYPES.string:
				return this.text();
			default:
				throw corrupt(this.#path, null, `unknown metadata type ${type}`);
		}
	}

	#take(bytes: number): number {
		const start = this.at;
		if (start + bytes > this.#bytes.length) throw corrupt(this.#path, null, "the header is cut short");
		this.at += bytes;
		return start;
	}
}
