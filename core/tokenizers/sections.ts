import { z } from "zod";
import { classFragment, pinRegex } from "./unicode.ts";
import { Unsupported } from "./unsupported.ts";

// Loose objects: fields that say how offsets are counted, and the like, do not concern us.
const pattern = z.union([z.strictObject({ String: z.string() }), z.strictObject({ Regex: z.string() })]);
const typed = z.looseObject({ type: z.string() });
const splitSchema = z.looseObject({ pattern, behavior: z.string(), invert: z.boolean().default(false) });
const byteLevelSchema = z.looseObject({
	add_prefix_space: z.boolean().default(true),
	use_regex: z.boolean().default(true),
});
const metaspaceSchema = z.looseObject({
	replacement: z.string().default("▁"),
	prepend_scheme: z.enum(["always", "first", "never"]).optional(),
	add_prefix_space: z.boolean().nullish(),
	split: z.boolean().nullish(),
});

type Section = Record<string, unknown>;

function parse<T>(schema: z.ZodType<T>, section: Section): T {
	const parsed = schema.safeParse(section);
	if (parsed.success) return parsed.data;
	throw new Unsupported(`its ${String(section.type)} is not in the expected form`);
}

const escapeRegex = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/&-]/g, "\\$&");

/** Published ones have at most some 2,000 characters. */
const MAX_REGEX = 20_000;

function regexOf(given: z.infer<typeof pattern>): string {
	if (Object.values(given).some((text) => text.length > MAX_REGEX)) {
		throw new Unsupported(`it has a pattern of more than ${MAX_REGEX} characters`);
	}
	return "Regex" in given ? pinRegex(given.Regex) : escapeRegex(given.String);
}

const isolate = (regex: string): Section => ({
	type: "Split",
	pattern: { Regex: regex },
	behavior: "Isolated",
	invert: false,
});

const GPT2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

/** The library leaves every match and everything between as a piece of its own, whatever the behaviour. */
function splitSteps(section: Section): Section[] {
	const { pattern: given, behavior, invert } = parse(splitSchema, section);
	const regex = regexOf(given);
	if (behavior === "Isolated") return [isolate(regex)];
	if (behavior === "Removed" && invert) {
		return [{ type: "Split", pattern: { Regex: regex }, behavior, invert }];
	}
	if (!invert && "String" in given && [...given.String].length === 1) {
		const merged: Record<string, string> = {
			MergedWithPrevious: `[^${regex}]+${regex}?|${regex}`,
			MergedWithNext: `${regex}[^${regex}]*|[^${regex}]+`,
			Contiguous: `${regex}+`,
		};
		const pieces = merged[behavior];
		if (pieces !== undefined) return [isolate(pieces)];
	}
	throw new Unsupported(`its Split has the behaviour ${behavior}${invert ? ", inverted" : ""}`);
}

function byteLevelSteps(section: Section): Section[] {
	const { add_prefix_space, use_regex } = parse(byteLevelSchema, section);
	const prefix = { type: "Replace", pattern: { Regex: "\\A[^ ]" }, content: " $&" };
	return [
		...(add_prefix_space ? [prefix] : []),
		...(use_regex ? [isolate(pinRegex(GPT2))] : []),
		{ type: "ByteLevel", add_prefix_space: false, use_regex: false },
	];
}

function metaspaceSteps(section: Section): Section[] {
	const { replacement, add_prefix_space, split, ...rest } = parse(metaspaceSchema, section);
	const scheme = rest.prepend_scheme ?? (add_prefix_space === false ? "never" : "always");
	const mark = escapeRegex(replacement);
	return [
		{ type: "Metaspace", replacement, prepend_scheme: scheme },
		...(split === false ? [] : [isolate(`${mark}[^${mark}]*|[^${mark}]+`)]),
	];
}

function charactersSteps(set: "digits" | "punctuation", together: boolean): Section[] {
	return [isolate(`[${classFragment(set)}]${together ? "+" : ""}`)];
}

function preTokenizerSteps(given: unknown): Section[] {
	const section = parse(typed, given as Section);
	switch (section.type) {
		case "Sequence":
			return parse(z.looseObject({ pretokenizers: z.array(typed) }), section).pretokenizers.flatMap(
				preTokenizerSteps,
			);
		case "Split":
			return splitSteps(section);
		case "ByteLevel":
			return byteLevelSteps(section);
		case "Metaspace":
			return metaspaceSteps(section);
		case "Digits":
			return charactersSteps("digits", section.individual_digits !== true);
		case "Punctuation": {
			const behavior = section.behavior ?? "Isolated";
			if (behavior !== "Isolated" && behavior !== "Contiguous") break;
			return charactersSteps("punctuation", behavior === "Contiguous");
		}
	}
	throw new Unsupported(`its pre-tokenizer ${section.type} is not one that we split as the original does`);
}

/** The pre-tokenizer of a tokenizer.json, in the few forms that the library splits exactly as the original does. */
export function exactPreTokenizer(given: unknown): Section | null {
	return given == null ? null : { type: "Sequence", pretokenizers: preTokenizerSteps(given) };
}

const NORMALIZERS = ["NFC", "NFD", "NFKC", "NFKD", "Prepend"];

/** The normalizer of a tokenizer.json, its regular expressions pinned. */
export function exactNormalizer(given: unknown): Section | null {
	if (given == null) return null;
	const section = parse(typed, given as Section);
	if (section.type === "Sequence") {
		const { normalizers } = parse(z.looseObject({ normalizers: z.array(typed) }), section);
		return { type: "Sequence", normalizers: normalizers.map(exactNormalizer) };
	}
	if (section.type === "Replace") {
		const { pattern: from, content } = parse(z.looseObject({ pattern, content: z.string() }), section);
		// A dollar would be a reference to the match.
		return { type: "Replace", pattern: { Regex: regexOf(from) }, content: content.replaceAll("$", "$$$$") };
	}
	if (NORMALIZERS.includes(section.type)) return section;
	throw new Unsupported(`its normalizer ${section.type} is not one that we compute as the original does`);
}
