import "../no-telemetry.ts";
import { join } from "node:path";
import { nativeFolder } from "../cuda/library.ts";
import { type Argument, type ForeignFunction, type Koffi, loadKoffi, type Pointer } from "./koffi.ts";
import {
	API_VERSION,
	type Api,
	CALLS,
	type Call,
	CHECKED_VERSION,
	type Free,
	GET_ERROR_MESSAGE,
	type Kind,
	RELEASES,
} from "./table.ts";

const WARNING = 2;
const DEVICE_ALLOCATOR = 0;
const DEFAULT_MEMORY = 0;

/** ONNX Runtime's shared library, the one that its addon brings, reached through its C interface. */
export interface Library {
	readonly koffi: Koffi;
	readonly api: Api;
	readonly free: Free;
	/** `OrtEnv`, one a process: where the addon has made one, this is the same. */
	readonly env: Pointer;
	/** `OrtAllocator` of the memory that the library hands out names and lists in. */
	readonly allocator: Pointer;
	/** `OrtMemoryInfo` of the computer's memory. */
	readonly hostMemory: Pointer;
}

let opened: Library | null = null;

/**
 * Opens the library, once a process. Throws where koffi is absent, or the library is not of the version that the table was
 * checked against: a wrong index would call another function.
 */
export function library(): Library {
	opened ??= open();
	return opened;
}

function open(): Library {
	const koffi = loadKoffi();
	const file = join(nativeFolder(), LIBRARY_FILES[process.platform] ?? "libonnxruntime.so.1");
	const base = koffi.load(file).func("OrtGetApiBase", "void *", [])() as Pointer;
	const inBase = (index: number, result: string, parameters: string[]) =>
		koffi.decode(koffi.decode(base, 8 * index, "void *"), koffi.proto(result, parameters));
	const version = inBase(1, "str", [])();
	if (version !== CHECKED_VERSION)
		throw new Error(`it was checked with ONNX Runtime ${CHECKED_VERSION}, and this is ${version}`);
	const table = inBase(0, "void *", ["uint32"])(API_VERSION) as Pointer;
	const at = (index: number, result: string, parameters: string[]) =>
		koffi.decode(koffi.decode(table, 8 * index, "void *"), koffi.proto(result, parameters));

	const free = Object.fromEntries(
		Object.entries(RELEASES).map(([name, index]) => [name, at(index, "void", ["void *"])]),
	) as unknown as Free;
	const message = at(GET_ERROR_MESSAGE, "str", ["void *"]);
	const check = (status: unknown) => {
		if (status === null || status === 0n) return;
		const words = String(message(status as Pointer));
		free.Status(status as Pointer);
		throw new Error(words);
	};
	const api = Object.fromEntries(
		Object.entries(CALLS).map(([name, [index, ...kinds]]) => [
			name,
			checked(at(index, "void *", kinds.map(typeInC)), check),
		]),
	) as unknown as Api;
	return {
		koffi,
		api,
		free,
		env: pointer((out) => api.CreateEnv(WARNING, "dqo", out)),
		allocator: pointer((out) => api.GetAllocatorWithDefaultOptions(out)),
		hostMemory: memoryInfo(api, "Cpu"),
	};
}

/** What calls under way read and write: the memory of a collected array is another's. */
const alive = new Set<unknown>();

type Arguments = readonly Argument[];

function checked(foreign: ForeignFunction, check: (status: unknown) => void): Call<Arguments> {
	const now = (...args: Arguments) => check(foreign(...args));
	const later = (others: unknown, ...args: Arguments) =>
		new Promise<void>((resolve, reject) => {
			const held = [others, args];
			alive.add(held);
			foreign.async(...args, (error, status) => {
				alive.delete(held);
				try {
					if (error) throw error;
					check(status);
					resolve();
				} catch (thrown) {
					reject(thrown);
				}
			});
		});
	return Object.assign(now, { later });
}

function typeInC(kind: Kind): string {
	if (kind === "int") return "int";
	if (kind === "size") return "size_t";
	return kind === "text" ? "str" : "void *";
}

/** The file that the addon is linked to, so that one copy of the library serves both. */
const LIBRARY_FILES: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
	win32: "onnxruntime.dll",
	darwin: "libonnxruntime.1.dylib",
};

/** `OrtMemoryInfo` of a device's memory by ONNX Runtime's name for it; the caller releases it. */
export const memoryInfo = (api: Api, name: "Cpu" | "Cuda", deviceId = 0): Pointer =>
	pointer((out) => api.CreateMemoryInfo(name, DEVICE_ALLOCATOR, deviceId, DEFAULT_MEMORY, out));

const cell = new BigUint64Array(1);

/** What a function writes through a parameter: a handle, an address or a count. */
export function pointer(call: (out: BigUint64Array) => void): Pointer {
	call(cell);
	return cell[0] as Pointer;
}

/** As `pointer`, for a `size_t`. */
export const count = (call: (out: BigUint64Array) => void): number => Number(pointer(call));

/** Text as a function keeps or expects it by address: UTF-8, or UTF-16 for paths on Windows, with the zero at its end. */
export const cText = (text: string): Buffer => Buffer.from(`${text}\0`, "utf8");
export const cPath = (path: string): Buffer =>
	Buffer.from(`${path}\0`, process.platform === "win32" ? "utf16le" : "utf8");
