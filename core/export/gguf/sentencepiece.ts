import { z } from "zod";
import { unknownTokenizer } from "./refusals.ts";

const textPattern = z.looseObject({ String: z.string().optional() }).optional();
const stepSchema = z.looseObject({
	type: z.string(),
	prepend: z.string().optional(),
	content: z.string().optional(),
	pattern: textPattern,
	replacement: z.string().optional(),
	prepend_scheme: z.string().optional(),
	add_prefix_space: z.boolean().optional(),
	behavior: z.string().optional(),
});
const sequenceSchema = z.looseObject({
	type: z.literal("Sequence"),
	normalizers: z.array(z.unknown()).optional(),
	pretokenizers: z.array(z.unknown()).optional(),
});

export interface SpaceRule {
	/** Whether a space is put before the text: `tokenizer.ggml.add_space_prefix`. */
	prefix: boolean;
	/** Where llama.cpp still differs; null where it does not. */
	note: string | null;
}

const EVERYWHERE =
	"llama.cpp puts a space before the text after every special token, this tokenizer before the first text alone.";

/**
 * How a SentencePiece-style tokenizer marks spaces, in one of the three ways that Hugging Face writes it: normaliser
 * steps (Llama 2), a Metaspace pre-tokenizer (newer copies of the same), or a plain replacement (Gemma). Throws
 * `tokenizer-unsupported` for any other.
 */
export function spaceRule(tokenizer: Readonly<Record<string, unknown>>, modelDir: string): SpaceRule {
	const steps = [...stepsOf(tokenizer.normalizer), ...stepsOf(tokenizer.pre_tokenizer)].join(", ");
	switch (steps) {
		case "prepend, replace":
		case "metaspace always":
			return { prefix: true, note: null };
		case "metaspace first":
			return { prefix: true, note: EVERYWHERE };
		case "replace":
		case "replace, split":
		case "metaspace never":
			return { prefix: false, note: null };
		default:
			throw unknownTokenizer(modelDir, "its way of marking spaces is not known");
	}
}

function stepsOf(part: unknown): string[] {
	if (part == null) return [];
	const sequence = sequenceSchema.safeParse(part).data;
	if (sequence) return [...(sequence.normalizers ?? []), ...(sequence.pretokenizers ?? [])].flatMap(stepsOf);
	const step = stepSchema.safeParse(part).data;
	if (step?.type === "Prepend" && step.prepend === "▁") return ["prepend"];
	if (step?.type === "Replace" && step.pattern?.String === " " && step.content === "▁") return ["replace"];
	// No space is left to split at once they are replaced.
	if (step?.type === "Split" && step.pattern?.String === " ") return ["split"];
	if (step?.type === "Metaspace" && step.replacement === "▁")
		return [`metaspace ${step.prepend_scheme ?? (step.add_prefix_space === false ? "never" : "always")}`];
	return ["unknown"];
}
