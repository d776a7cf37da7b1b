import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Folder of ONNX Runtime's native libraries for this platform, in the installed npm package. */
export function nativeFolder(): string {
	const manifest = createRequire(import.meta.url).resolve("onnxruntime-node/package.json");
	return join(dirname(manifest), "bin", "napi-v6", process.platform, process.arch);
}

/** The library of the CUDA provider, which ONNX Runtime loads from its own folder. */
export const CUDA_PROVIDER_FILE = "libonnxruntime_providers_cuda.so";

/** Where the library of the CUDA provider lies once it is installed. */
export function cudaLibrary(): string {
	return join(nativeFolder(), CUDA_PROVIDER_FILE);
}
