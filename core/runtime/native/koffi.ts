import { createRequire } from "node:module";

/** An address in this process. */
export type Pointer = bigint;
/** The C type of a function, as koffi knows it. */
export type Prototype = { readonly __prototype: never };
// Every call goes through `table.ts`, which gives each function its true type.
export type Argument = number | string | Pointer | ArrayBufferView | null;

export interface ForeignFunction {
	(...args: readonly Argument[]): unknown;
	/** Runs on another thread; calls back with an error or what the function gave. */
	async(...args: readonly (Argument | ((error: unknown, result: unknown) => void))[]): void;
}

/** What is used here of the package koffi. It is optional, and the types of an absent package could not be imported. */
export interface Koffi {
	config(settings: { sync_stack_size: number; async_stack_size: number }): unknown;
	load(path: string): { func(name: string, result: string, parameters: string[]): ForeignFunction };
	proto(result: string, parameters: string[]): Prototype;
	/** The memory of an array; it stays where it is while the array lives. */
	address(memory: ArrayBufferView): Pointer;
	decode: {
		(at: Pointer, prototype: Prototype): ForeignFunction;
		(at: Pointer, byteOffset: number, type: "void *"): Pointer;
		/** A copy of the memory at an address. */
		(at: Pointer, type: "float", length: number): Float32Array;
		(at: Pointer, type: "uint8", length: number): Uint8Array;
		(at: Pointer, type: "uint16", length: number): Uint16Array;
		(at: Pointer, type: "int64", length: number): BigInt64Array;
		(at: Pointer, type: "uint64", length: number): BigUint64Array;
		string(at: Pointer): string;
	};
}

/** koffi calls on stacks of its own, 128 KiB for other threads unless told otherwise; ONNX Runtime needs a thread's usual one. */
const STACK_BYTES = 8 * 2 ** 20;

export function hasKoffi(): boolean {
	try {
		loadKoffi();
		return true;
	} catch {
		return false;
	}
}

/** Loads koffi. Throws where it is not installed, or has no library for this platform. */
export function loadKoffi(): Koffi {
	const koffi = createRequire(import.meta.url)("koffi") as Koffi;
	koffi.config({ sync_stack_size: STACK_BYTES, async_stack_size: STACK_BYTES });
	return koffi;
}
