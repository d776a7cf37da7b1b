import type { SessionSettings } from "../settings.ts";
import type { Pointer } from "./koffi.ts";
import { cPath, cText, type Library, pointer } from "./library.ts";

const LEVELS = { disabled: 0, basic: 1, all: 99 } as const;
const SEQUENTIAL = 0;

/** Makes `OrtSessionOptions`, which the caller releases. */
export function sessionOptions(ort: Library, settings: SessionSettings): Pointer {
	const { api } = ort;
	const options = pointer((out) => api.CreateSessionOptions(out));
	try {
		for (const { name, deviceId } of settings.providers) appendProvider(ort, options, name, deviceId);
		api.SetSessionGraphOptimizationLevel(options, LEVELS[settings.optimization]);
		api.SetSessionExecutionMode(options, SEQUENTIAL);
		api.SetIntraOpNumThreads(options, settings.threads);
		if (settings.cpuArena) api.EnableCpuMemArena(options);
		else api.DisableCpuMemArena(options);
		if (settings.memoryPattern) api.EnableMemPattern(options);
		else api.DisableMemPattern(options);
		api.SetSessionLogSeverityLevel(options, settings.logSeverity);
		for (const [key, value] of Object.entries(settings.entries))
			api.AddSessionConfigEntry(options, key, value);
		if (settings.profilePrefix !== null) api.EnableProfiling(options, cPath(settings.profilePrefix));
		return options;
	} catch (error) {
		ort.free.SessionOptions(options);
		throw error;
	}
}

function appendProvider(ort: Library, options: Pointer, name: string, deviceId?: number): void {
	// The CPU is always there, after all others.
	if (name === "cpu") return;
	if (name !== "cuda") throw new Error(`the provider ${name} is not reached this way`);
	const { api, free, koffi } = ort;
	const cuda = pointer((out) => api.CreateCUDAProviderOptions(out));
	try {
		if (deviceId !== undefined) {
			const [key, value] = [cText("device_id"), cText(`${deviceId}`)];
			const list = (text: Buffer) => BigUint64Array.of(koffi.address(text));
			api.UpdateCUDAProviderOptions(cuda, list(key), list(value), 1);
		}
		api.SessionOptionsAppendExecutionProvider_CUDA_V2(options, cuda);
	} finally {
		free.CUDAProviderOptions(cuda);
	}
}

/** Has the session read files of weights from memory. What is given must stay alive until the session is made. */
export function addExternal(
	{ api, koffi }: Library,
	options: Pointer,
	external: readonly { readonly path: Buffer; readonly data: Uint8Array }[],
): void {
	if (external.length === 0) return;
	api.AddExternalInitializersFromFilesInMemory(
		options,
		BigUint64Array.from(external, ({ path }) => koffi.address(path)),
		BigUint64Array.from(external, ({ data }) => koffi.address(data)),
		BigUint64Array.from(external, ({ data }) => BigInt(data.byteLength)),
		external.length,
	);
}
