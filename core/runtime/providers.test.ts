import { describe, expect, it } from "vitest";
import { diagnose } from "./providers.ts";

const failed = (library: string) =>
	`Failed to load library /x/libonnxruntime_providers_cuda.so with error: ${library}: cannot open shared object file: No such file or directory`;

describe("what a failed probe means", () => {
	// The texts are those of ONNX Runtime 1.30 with its CUDA library absent, present without CUDA, and without a GPU.
	it.each([
		["cuda", failed("/x/libonnxruntime_providers_shared.so"), /not installed/, /dqo cuda install/],
		["cuda", failed("libcublasLt.so.13"), /libcublasLt\.so\.13 is missing/, /CUDA 13/],
		["cuda", failed("libcudnn.so.9"), /libcudnn\.so\.9 is missing/, /cudnn9/],
		["cuda", failed("libcuda.so.1"), /no NVIDIA driver/, /driver/],
		["cuda", "CUDA failure 100: no CUDA-capable device is detected", /no NVIDIA GPU/, /driver/],
		["webgpu", failed("libvulkan.so.1"), /Vulkan loader/, /libvulkan1/],
		["webgpu", "Failed to get a WebGPU adapter: No supported adapters", /no GPU/, /driver/],
		["dml", "backend not found.", /does not hold it/, /another provider/],
	])("%s: %s", (provider, stderr, reason, remedy) => {
		const found = diagnose(provider, "Failed to load shared library", stderr);
		expect(found.reason).toMatch(reason);
		expect(found.remedy).toMatch(remedy);
	});
});
