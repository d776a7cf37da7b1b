import { z } from "zod";
import { providerSchema } from "./provider.ts";

export const probeSpecSchema = z.strictObject({
	kind: z.literal("probe-provider"),
	provider: providerSchema,
	deviceId: z.int().min(0).optional(),
	/** Tries ONNX Runtime's C interface instead of its addon. */
	native: z.boolean().optional(),
});
export type ProbeSpec = z.infer<typeof probeSpecSchema>;

export const probeResultSchema = z.strictObject({
	reason: z.literal("completed"),
	provider: providerSchema,
	/** Time from loading the runtime to the first result, milliseconds. */
	elapsedMs: z.number().min(0),
});
export type ProbeResult = z.infer<typeof probeResultSchema>;
