import { createHash, type Hash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync, realpathSync, type Stats } from "node:fs";
import { basename, dirname } from "node:path";
import { AppError } from "../../contract/errors.ts";
import type { FilePlace } from "../../graph/graph.ts";
import { guardFile, writeAtomically, writeFully } from "../../store/files.ts";
import { foreignFileBytes, isLfsPointer, lfsPointer } from "../../store/foreign-files.ts";
import { OpenedFile } from "../../store/opened-file.ts";
import type { TensorSource as WeightSource } from "../network.ts";
import {
	bf16ToF32,
	DTYPE_BITS,
	type FloatDtype,
	f16ToF32,
	f32ToBf16,
	f32ToFiniteF16,
	isFloatDtype,
} from "./dtypes.ts";
import {
	corrupt,
	elementCount,
	type HeaderEntry,
	MAX_HEADER_BYTES,
	parseHeader,
} from "./safetensors-header.ts";

/** Values read or written in one piece while converting, so that no second copy of a large tensor exists. */
const CHUNK_VALUES = 1 << 20;

/** A tensor whose values are fetched when asked for; `dtype` is its format on disk, F32 when not given. */
export interface TensorSource extends WeightSource {
	readonly dtype?: string;
}

/** A tensor in a safetensors file. */
export interface FileTensor extends TensorSource {
	dtype: string;
	/** Where the values begin. */
	place: FilePlace;
	/** SHA-256 of the values' bytes as they lie in the file. */
	digest(): string;
}

/** What a tensor became on disk; `sha256` is over the bytes handed to the disk, to hold a reopened file against. */
export interface WrittenTensor {
	name: string;
	dtype: FloatDtype;
	shape: readonly number[];
	sha256: string;
}

export interface SafetensorsFile {
	path: string;
	metadata: Record<string, string>;
	tensors: Map<string, FileTensor>;
}

/** Wraps values already in memory, row-major. */
export function inMemory(shape: readonly number[], values: Float32Array): TensorSource {
	if (elementCount(shape) !== values.length) {
		throw new Error(`shape [${shape}] does not hold ${values.length} values`);
	}
	return { shape: [...shape], load: () => values };
}

/**
 * Opens a safetensors file: the header is read and checked now, each tensor's values when `load` is called.
 * Throws `file-missing`, `file-unreadable`, `file-corrupt`; `load` of a format other than F32, F16, BF16 throws
 * `model-unsupported`, and of a file that has changed since it was opened `file-corrupt`.
 */
export function openSafetensors(path: string): SafetensorsFile {
	foreignFileBytes(path);
	const { text, valuesAt, stat } = guardFile(path, () => withFile(path, (fd) => readHeader(fd, path)));
	const { metadata, entries } = parseHeader(text, stat.size - valuesAt, path);
	const file = guardFile(path, () => realpathSync(path));
	const [folder, ownName] = [dirname(file), basename(file)];
	const watch = new OpenedFile(file, stat);
	const reading = <T>(action: (fd: number) => T): T =>
		guardFile(path, () =>
			withFile(path, (fd) => {
				watch.check(fstatSync(fd));
				return action(fd);
			}),
		);
	const tensors = new Map<string, FileTensor>();
	for (const [name, entry] of entries) {
		tensors.set(name, {
			shape: entry.shape,
			dtype: entry.dtype,
			place: { folder, name: ownName, offset: valuesAt + entry.begin, watch },
			load: () => reading((fd) => readValues(fd, path, name, entry, valuesAt)),
			digest: () => reading((fd) => digestValues(fd, path, name, entry, valuesAt)),
		});
	}
	return { path, metadata, tensors };
}

/** Opens a file to read for as long as `action` takes. */
export function withFile<T>(path: string, action: (fd: number) => T): T {
	const fd = openSync(path, "r");
	try {
		return action(fd);
	} finally {
		closeSync(fd);
	}
}

function readHeader(fd: number, path: string): { text: string; valuesAt: number; stat: Stats } {
	const stat = fstatSync(fd);
	const fileBytes = stat.size;
	if (fileBytes < 8) throw corrupt(path, null, `the file has ${fileBytes} bytes, too few for a header`);
	const prefix = new Uint8Array(8);
	readExactly(fd, prefix, 0, path, null);
	if (isLfsPointer(new TextDecoder().decode(prefix))) throw lfsPointer(path);
	const headerBytes = Number(new DataView(prefix.buffer).getBigUint64(0, true));
	if (headerBytes > MAX_HEADER_BYTES) {
		throw corrupt(path, null, `a header of ${headerBytes} bytes is over the limit of ${MAX_HEADER_BYTES}`);
	}
	if (8 + headerBytes > fileBytes) {
		throw corrupt(path, null, `the header should take ${headerBytes} bytes, the file has only ${fileBytes}`);
	}
	const header = new Uint8Array(headerBytes);
	readExactly(fd, header, 8, path, null);
	if (header[0] !== 0x7b) throw corrupt(path, null, "the header is not a JSON object");
	try {
		const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(header);
		return { text, valuesAt: 8 + headerBytes, stat };
	} catch (cause) {
		throw corrupt(path, null, "the header is not UTF-8 text", cause);
	}
}

/** Fills `target` from byte `position` of the file; a file that shrank since it was opened is reported. */
export function readExactly(
	fd: number,
	target: Uint8Array,
	position: number,
	path: string,
	tensor: string | null,
): void {
	for (let done = 0; done < target.byteLength; ) {
		const length = Math.min(target.byteLength - done, 1 << 28);
		const got = readSync(fd, target, done, length, position + done);
		if (got === 0) throw corrupt(path, tensor, "the file ends before its values do");
		done += got;
	}
}

function readValues(
	fd: number,
	path: string,
	name: string,
	entry: HeaderEntry,
	valuesAt: number,
): Float32Array {
	const { dtype } = entry;
	if (!isFloatDtype(dtype)) {
		throw new AppError({
			code: "model-unsupported",
			message: `${path}: tensor ${name} is stored as ${dtype}, which cannot be trained.`,
			hint: "Choose the model's F32, F16 or BF16 weights.",
		});
	}
	const values = new Float32Array(elementCount(entry.shape));
	const start = valuesAt + entry.begin;
	if (dtype === "F32") {
		readExactly(fd, new Uint8Array(values.buffer), start, path, name);
		return values;
	}
	const widen = dtype === "BF16" ? bf16ToF32 : f16ToF32;
	const chunk = new Uint16Array(Math.min(CHUNK_VALUES, values.length));
	for (let i = 0; i < values.length; i += chunk.length) {
		const part = chunk.subarray(0, Math.min(chunk.length, values.length - i));
		readExactly(fd, new Uint8Array(part.buffer, 0, part.byteLength), start + 2 * i, path, name);
		widen(part, values.subarray(i, i + part.length));
	}
	return values;
}

function digestValues(fd: number, path: string, name: string, entry: HeaderEntry, valuesAt: number): string {
	const hash = createHash("sha256");
	const chunk = new Uint8Array(4 * CHUNK_VALUES);
	for (let at = entry.begin; at < entry.end; at += chunk.length) {
		const part = chunk.subarray(0, Math.min(chunk.length, entry.end - at));
		readExactly(fd, part, valuesAt + at, path, name);
		hash.update(part);
	}
	return hash.digest("hex");
}

/**
 * Writes a safetensors file atomically, one tensor in memory at a time; each tensor in `options.dtype`, else in its own
 * `dtype`, else F32. Throws `disk-full`, and `config-invalid` when a value is too large for F16.
 */
export function writeSafetensors(
	path: string,
	tensors: ReadonlyMap<string, TensorSource>,
	metadata: Readonly<Record<string, string>> = {},
	options: { dtype?: FloatDtype; onProgress?: (bytesDone: number, bytesTotal: number) => void } = {},
): WrittenTensor[] {
	const plan = [...tensors].map(([name, source]) => {
		const dtype = options.dtype ?? source.dtype ?? "F32";
		if (!isFloatDtype(dtype)) throw new Error(`tensor ${name} cannot be written as ${dtype}`);
		return { name, source, dtype, bytes: (elementCount(source.shape) * (DTYPE_BITS[dtype] as number)) / 8 };
	});
	// Four-byte formats first, then by name, so that every range is aligned and equal content gives equal files.
	plan.sort((a, b) => width(b.dtype) - width(a.dtype) || (a.name < b.name ? -1 : 1));
	const header: Record<string, unknown> = {};
	if (Object.keys(metadata).length > 0) header.__metadata__ = metadata;
	let position = 0;
	for (const { name, source, dtype, bytes } of plan) {
		header[name] = { dtype, shape: source.shape, data_offsets: [position, position + bytes] };
		position += bytes;
	}
	const written: WrittenTensor[] = [];
	writeAtomically(path, (fd) => {
		writeFully(fd, encodeHeader(header));
		let done = 0;
		for (const { name, source, dtype, bytes } of plan) {
			const values = source.load();
			if (values.length !== elementCount(source.shape)) {
				throw new Error(`tensor ${name}: ${values.length} values do not fill [${source.shape}]`);
			}
			const hash = createHash("sha256");
			writeValues(fd, path, name, values, dtype, hash);
			written.push({ name, dtype, shape: source.shape, sha256: hash.digest("hex") });
			done += bytes;
			options.onProgress?.(done, position);
		}
	});
	return written;
}

function width(dtype: FloatDtype): number {
	return DTYPE_BITS[dtype] as number;
}

/** The eight-byte length and the JSON, padded with spaces so that the values start at a multiple of eight. */
function encodeHeader(header: Record<string, unknown>): Uint8Array {
	const json = Buffer.from(JSON.stringify(header), "utf8");
	const padded = Math.ceil(json.length / 8) * 8;
	const bytes = Buffer.alloc(8 + padded, " ");
	bytes.writeBigUInt64LE(BigInt(padded), 0);
	json.copy(bytes, 8);
	return bytes;
}

/** Writes values to an open file in a number format, in pieces, and hashes the bytes. `path` and `name` are for errors. */
export function writeValues(
	fd: number,
	path: string,
	name: string,
	values: Float32Array,
	dtype: FloatDtype,
	hash: Hash,
): void {
	const write = (part: Float32Array | Uint16Array) => {
		const bytes = new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
		hash.update(bytes);
		writeFully(fd, bytes);
	};
	const halves = new Uint16Array(dtype === "F32" ? 0 : Math.min(CHUNK_VALUES, values.length));
	for (let i = 0; i < values.length; i += CHUNK_VALUES) {
		const source = values.subarray(i, i + CHUNK_VALUES);
		if (dtype === "F32") {
			write(source);
			continue;
		}
		const part = halves.subarray(0, source.length);
		if (dtype === "BF16") f32ToBf16(source, part);
		else
			f32ToFiniteF16(source, part, { tensor: `${path}: tensor ${name}`, hint: "Write BF16 or F32 instead." });
		write(part);
	}
}
