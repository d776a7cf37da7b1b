import { z } from "zod";

/** Execution providers of ONNX Runtime's Node package, over all platforms. */
export const PROVIDERS = ["cpu", "cuda", "tensorrt", "dml", "coreml", "webgpu"] as const;
export const providerSchema = z.enum(PROVIDERS);
export type Provider = z.infer<typeof providerSchema>;
export const PROVIDER_LABELS: Readonly<Record<Provider, string>> = {
	cpu: "CPU",
	cuda: "CUDA",
	tensorrt: "TensorRT",
	dml: "DirectML",
	coreml: "Core ML",
	webgpu: "WebGPU",
};

export const PROVIDER_CHOICES = ["auto", ...PROVIDERS] as const;
export const providerChoiceSchema = z.enum(PROVIDER_CHOICES);
export type ProviderChoice = z.infer<typeof providerChoiceSchema>;

/** What a job is to compute with. */
export const computeSchema = z.strictObject({
	provider: providerChoiceSchema.describe("auto: a GPU that is known to train, else the CPU."),
	/** Which GPU of several, as the driver counts them; the first unless given. */
	deviceId: z.int().min(0).optional(),
});
export type Compute = z.infer<typeof computeSchema>;

/** One device that sessions are made on. */
export interface Device {
	readonly provider: Provider;
	readonly deviceId?: number | undefined;
}
