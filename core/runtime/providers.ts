import type { Provider } from "../contract/provider.ts";
import { libraryRemedy } from "./cuda/check.ts";

/** The execution providers ONNX Runtime's Node package can have on a platform, the plainest first. */
export function providersOf(platform: NodeJS.Platform, arch: string): Provider[] {
	if (platform === "linux") return arch === "x64" ? ["cpu", "cuda", "tensorrt", "webgpu"] : ["cpu"];
	if (platform === "win32") return ["cpu", "dml", "webgpu"];
	return platform === "darwin" ? ["cpu", "coreml", "webgpu"] : ["cpu"];
}

export interface Diagnosis {
	reason: string;
	remedy: string;
}

/** What a failed probe means, from ONNX Runtime's message and what the process wrote to standard error. */
export function diagnose(provider: string, message: string, stderr: string): Diagnosis {
	const text = `${message}\n${stderr}`;
	const library = /(\S+): cannot open shared object file/.exec(text)?.[1];
	if (library?.includes("libonnxruntime_providers")) {
		return {
			reason: `ONNX Runtime's ${provider} library is not installed (npm brings the CPU one only)`,
			remedy: "on a machine with an NVIDIA GPU, run `npx dqo cuda install` in this program's folder",
		};
	}
	if (library?.includes("libvulkan")) {
		return {
			reason: `the Vulkan loader ${library} is missing`,
			remedy:
				"install the Vulkan loader and your GPU's driver (Debian and Ubuntu: libvulkan1 mesa-vulkan-drivers)",
		};
	}
	if (library === "libcuda.so.1") {
		return { reason: "no NVIDIA driver was found", remedy: "install the NVIDIA driver" };
	}
	if (library !== undefined) {
		const remedy = /^lib(cu|nv)/.test(library)
			? libraryRemedy([library])
			: "install the package that holds it and put it on LD_LIBRARY_PATH";
		return { reason: `the shared library ${library} is missing`, remedy };
	}
	if (/no CUDA-capable device|CUDA driver version is insufficient|CUDA failure 100/i.test(text)) {
		return {
			reason: "no NVIDIA GPU with a fitting driver was found",
			remedy: "install or update the NVIDIA driver",
		};
	}
	if (/No supported adapters/i.test(text)) {
		return { reason: "no GPU that WebGPU can use was found", remedy: "install your GPU's driver" };
	}
	if (/backend not found/i.test(text)) {
		return {
			reason: "this build of ONNX Runtime does not hold it",
			remedy: "none on this platform; use another provider",
		};
	}
	return {
		reason: message.replace(/^The execution provider \S+ cannot be used: /, "").trim(),
		remedy: "check the GPU's driver; if it is sound, report this with the details of `dqo doctor --json`",
	};
}
