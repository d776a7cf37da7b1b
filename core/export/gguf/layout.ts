/**
 * The layout of GGUF version 3, as ggml's documentation gives it: header, key/value metadata, tensor infos, then the
 * tensors' values, each at a multiple of the alignment from the first. Little-endian throughout.
 */
export const MAGIC = 0x4655_4747; // "GGUF"
export const VERSION = 3;
export const ALIGNMENT = 32;

/** Values of one block of Q8_0: a half-precision scale, then a byte each. */
export const Q8_BLOCK = 32;
export const Q8_BLOCK_BYTES = 2 + Q8_BLOCK;

/** Number formats of tensors that we write and read, by ggml's number for them. */
export const TENSOR_TYPES = { F32: 0, F16: 1, Q8_0: 8, BF16: 30 } as const;
export type GgufDtype = keyof typeof TENSOR_TYPES;

/** `general.file_type`: what most of the weights are. */
export const FILE_TYPES: Readonly<Record<GgufDtype, number>> = { F32: 0, F16: 1, Q8_0: 7, BF16: 32 };

/** The metadata value types that we write; and read. */
export const VALUE_TYPES = { u32: 4, i32: 5, f32: 6, bool: 7, string: 8, array: 9 } as const;

export type GgufValue =
	| { type: "u32" | "i32" | "f32"; value: number }
	| { type: "bool"; value: boolean }
	| { type: "string"; value: string }
	| { type: "array"; of: "i32" | "f32"; value: readonly number[] }
	| { type: "array"; of: "string"; value: readonly string[] };

export type Metadata = ReadonlyMap<string, GgufValue>;

export const u32 = (value: number): GgufValue => ({ type: "u32", value });
export const f32 = (value: number): GgufValue => ({ type: "f32", value });
export const bool = (value: boolean): GgufValue => ({ type: "bool", value });
export const string = (value: string): GgufValue => ({ type: "string", value });

export const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** Bytes that `count` values take; `count` is a multiple of the block for Q8_0. */
export function valueBytes(count: number, dtype: GgufDtype): number {
	if (dtype === "Q8_0") return (count / Q8_BLOCK) * Q8_BLOCK_BYTES;
	return count * (dtype === "F32" ? 4 : 2);
}
