import { z } from "zod";

/** How responses are drawn. Tokens pass top-k, then the probability threshold, then top-p. */
export const samplingConfigSchema = z.strictObject({
	n: z.int().min(1).describe("Responses drawn per prompt."),
	temperature: z.number().positive().describe("Divides the logits; below 1 sharpens, above 1 flattens."),
	topK: z.int().min(0).describe("Only the K most probable tokens may be drawn; 0 allows every token."),
	threshold: z.number().min(0).max(1).describe("Tokens less probable than this are dropped, after top-k."),
	topP: z
		.number()
		.gt(0)
		.max(1)
		.describe("Smallest set of tokens whose probability reaches P, after the threshold."),
	greedy: z
		.boolean()
		.describe("Always take the most probable token; the four settings above then have no effect."),
	maxNewTokens: z.int().min(1).describe("Longest response in tokens; a response cut here has no end token."),
	seed: z.int().min(0).describe("Seed of the noise: the same seed draws the same responses."),
});
export type SamplingConfig = z.infer<typeof samplingConfigSchema>;

/** The paper's sampling parameters (appendix A). */
export const PAPER_SAMPLING: SamplingConfig = {
	n: 20,
	temperature: 1,
	topK: 16,
	threshold: 0.01,
	topP: 0.9,
	greedy: false,
	maxNewTokens: 512,
	seed: 0,
};

/** Always the most probable token of the whole vocabulary. */
export const GREEDY_SAMPLING: Omit<SamplingConfig, "maxNewTokens"> = {
	n: 1,
	temperature: 1,
	topK: 0,
	threshold: 0,
	topP: 1,
	greedy: true,
	seed: 0,
};

/** Where a response is cut into segments: at line breaks, or at double line breaks. */
export const SEPARATORS = ["line", "paragraph"] as const;
export const separatorSchema = z.enum(SEPARATORS);
export type Separator = z.infer<typeof separatorSchema>;

/** How the value function of a run chooses among responses. */
export const guidedDecodingSchema = z.discriminatedUnion("type", [
	/** Draws n responses and takes the one with the highest V at its end. */
	z.strictObject({ type: z.literal("best-of-n"), n: z.int().min(1) }),
	/** Draws n next lines for each of up to `beams` beginnings and keeps those with the highest V, until all have ended. */
	z.strictObject({ type: z.literal("beam"), n: z.int().min(1), beams: z.int().min(1) }),
]);
export type GuidedDecoding = z.infer<typeof guidedDecodingSchema>;
