import type { Pointer } from "./koffi.ts";

/** ONNX Runtime whose header the indices below were read from and tested with. The table only ever grows at its end. */
export const CHECKED_VERSION = "1.30.0";
/** Version of the interface that is asked for: the newest function below has been in it since. */
export const API_VERSION = 18;

/** What a parameter is in C, and what it is given as. */
interface Kinds {
	int: number;
	size: number;
	/** `const char *`, copied for the time of the call. */
	text: string;
	/** Any handle; null where the function allows it. */
	handle: Pointer | null;
	/** `void *` to an array's own memory, read or written in place. */
	memory: ArrayBufferView;
	/** `void *` to memory by its address. */
	at: Pointer;
}
export type Kind = keyof Kinds;

/** The functions of `OrtApi` that give back an `OrtStatus *`: index in the table, and parameters. */
export const CALLS = {
	CreateEnv: [3, "int", "text", "memory"],
	CreateSession: [7, "handle", "memory", "handle", "memory"],
	CreateSessionFromArray: [8, "handle", "memory", "size", "handle", "memory"],
	CreateSessionOptions: [10, "memory"],
	SetSessionExecutionMode: [13, "handle", "int"],
	EnableProfiling: [14, "handle", "memory"],
	EnableMemPattern: [16, "handle"],
	DisableMemPattern: [17, "handle"],
	EnableCpuMemArena: [18, "handle"],
	DisableCpuMemArena: [19, "handle"],
	SetSessionLogSeverityLevel: [22, "handle", "int"],
	SetSessionGraphOptimizationLevel: [23, "handle", "int"],
	SetIntraOpNumThreads: [24, "handle", "int"],
	SessionGetInputCount: [30, "handle", "memory"],
	SessionGetOutputCount: [31, "handle", "memory"],
	SessionGetInputName: [36, "handle", "size", "handle", "memory"],
	SessionGetOutputName: [37, "handle", "size", "handle", "memory"],
	CreateRunOptions: [39, "memory"],
	RunOptionsSetTerminate: [46, "handle"],
	CreateTensorWithDataAsOrtValue: [49, "handle", "memory", "size", "memory", "size", "int", "memory"],
	GetTensorMutableData: [51, "handle", "memory"],
	GetTensorElementType: [60, "handle", "memory"],
	GetDimensionsCount: [61, "handle", "memory"],
	GetDimensions: [62, "handle", "memory", "size"],
	GetTensorTypeAndShape: [65, "handle", "memory"],
	CreateMemoryInfo: [68, "text", "int", "int", "int", "memory"],
	AllocatorFree: [76, "handle", "at"],
	GetAllocatorWithDefaultOptions: [78, "memory"],
	SessionEndProfiling: [110, "handle", "handle", "memory"],
	AddSessionConfigEntry: [130, "handle", "text", "text"],
	RunWithBinding: [133, "handle", "handle", "handle"],
	CreateIoBinding: [134, "handle", "memory"],
	BindInput: [136, "handle", "text", "handle"],
	BindOutputToDevice: [138, "handle", "text", "handle"],
	GetBoundOutputValues: [140, "handle", "handle", "memory", "memory"],
	SessionOptionsAppendExecutionProvider_CUDA_V2: [204, "handle", "handle"],
	CreateCUDAProviderOptions: [205, "memory"],
	UpdateCUDAProviderOptions: [206, "handle", "memory", "memory", "size"],
	AddExternalInitializersFromFilesInMemory: [279, "handle", "memory", "memory", "memory", "size"],
} as const satisfies Record<string, readonly [number, ...Kind[]]>;

/** `Release...`: each takes a handle and gives nothing back. */
export const RELEASES = {
	Status: 93,
	MemoryInfo: 94,
	Session: 95,
	Value: 96,
	RunOptions: 97,
	TensorTypeAndShapeInfo: 99,
	SessionOptions: 100,
	IoBinding: 135,
	CUDAProviderOptions: 208,
} as const;

/** `const char *GetErrorMessage(const OrtStatus *)`. */
export const GET_ERROR_MESSAGE = 2;

type Parameters<Row> = Row extends readonly [number, ...infer Parameter]
	? { [I in keyof Parameter]: Parameter[I] extends Kind ? Kinds[Parameter[I]] : never }
	: never;

/** A function of the table. Throws an Error with ONNX Runtime's words. */
export interface Call<Arguments extends readonly unknown[]> {
	(...args: Arguments): void;
	/** The same on another thread; keeps its arguments and `alive` from being collected meanwhile. */
	later(alive: unknown, ...args: Arguments): Promise<void>;
}

export type Api = { readonly [Name in keyof typeof CALLS]: Call<Parameters<(typeof CALLS)[Name]>> };
export type Free = { readonly [Name in keyof typeof RELEASES]: (handle: Pointer) => void };
