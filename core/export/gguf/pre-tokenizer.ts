import { z } from "zod";

/**
 * llama.cpp splits text before byte-pair merging by rules of its own that a file only names (`tokenizer.ggml.pre`), so the
 * rules written out in tokenizer.json must be recognised. What is not recognised is refused: a wrong name gives other ids
 * for some texts, and nothing fails.
 */
export interface PreTokenizer {
	/** `tokenizer.ggml.pre`. */
	name: string;
	/** Whether llama.cpp takes a piece that is in the vocabulary whole, without merging up to it. */
	ignoresMerges: boolean;
}

const CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const words = (digits: string) =>
	String.raw`${CONTRACTIONS}|[^\r\n\p{L}\p{N}]?\p{L}+|${digits}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;

/** By the steps of the pre-tokenizer; llama.cpp's name is that of the first model that split so. */
const KNOWN: Readonly<Record<string, readonly PreTokenizer[]>> = {
	"bytes with regex": [{ name: "gpt-2", ignoresMerges: false }],
	"digits, bytes with regex": [{ name: "smollm", ignoresMerges: false }],
	[`split ${words(String.raw`\p{N}`)}, bytes`]: [{ name: "qwen2", ignoresMerges: false }],
	[`split ${words(String.raw`\p{N}{1,3}`)}, bytes`]: [
		{ name: "llama-bpe", ignoresMerges: true },
		{ name: "smaug-bpe", ignoresMerges: false },
	],
};

const stepSchema = z.looseObject({
	type: z.string(),
	add_prefix_space: z.boolean().optional(),
	use_regex: z.boolean().default(true),
	individual_digits: z.boolean().optional(),
	pattern: z.looseObject({ Regex: z.string().optional() }).optional(),
	behavior: z.string().optional(),
	invert: z.boolean().default(false),
});
const sequenceSchema = z.looseObject({ type: z.literal("Sequence"), pretokenizers: z.array(z.unknown()) });

/** The name under which llama.cpp knows a byte-level pre-tokenizer, or null when none of its rules is this one. */
export function recognise(preTokenizer: unknown, ignoresMerges: boolean): PreTokenizer | null {
	const steps = stepsOf(preTokenizer);
	const known = steps.includes(null) ? [] : (KNOWN[steps.join(", ")] ?? []);
	return known.find((one) => one.ignoresMerges === ignoresMerges) ?? null;
}

function stepsOf(preTokenizer: unknown): (string | null)[] {
	const sequence = sequenceSchema.safeParse(preTokenizer);
	if (sequence.success) return sequence.data.pretokenizers.flatMap(stepsOf);
	const step = stepSchema.safeParse(preTokenizer).data;
	if (step?.type === "ByteLevel" && !step.add_prefix_space)
		return [step.use_regex ? "bytes with regex" : "bytes"];
	if (step?.type === "Digits" && step.individual_digits) return ["digits"];
	if (step?.type === "Split" && step.behavior === "Isolated" && !step.invert && step.pattern?.Regex)
		return [`split ${step.pattern.Regex}`];
	return [null];
}
