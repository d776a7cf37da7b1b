import { z } from "zod";
import { templateSource } from "../../tokenizers/chat-template.ts";
import type { TokenizerFiles } from "../../tokenizers/files.ts";
import { bool, type GgufValue, string, u32 } from "./layout.ts";
import { recognise } from "./pre-tokenizer.ts";
import { unknownTokenizer } from "./refusals.ts";
import { spaceRule } from "./sentencepiece.ts";

/** What a token is to llama.cpp. */
const TYPES = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

/** Ends of a turn that llama.cpp finds by their text, without being told. */
const KNOWN_ENDS = new Set(
	"<|eot_id|> <|im_end|> <|end|> <end_of_turn> <|endoftext|> <|end_of_text|> <|eom_id|> </s> <EOT>".split(
		" ",
	),
);

export interface Vocabulary {
	keys: Map<string, GgufValue>;
	/** Texts of the tokens that end a response, the first one being `eos_token_id`. */
	ends: string[];
	/** Text of the token that llama.cpp puts before every prompt; null where it puts none. */
	bos: string | null;
	/** The chat template; null where the model has none. */
	template: string | null;
	/** What a user of the file should know, a sentence each. */
	notes: string[];
}

// A vocabulary has a few hundred thousand entries: checked in plain loops, which take a tenth of the time.
const isId = (id: unknown) => Number.isSafeInteger(id) && (id as number) >= 0;
const isMerge = (merge: unknown) =>
	typeof merge === "string" ? merge.indexOf(" ", 1) > 0 : Array.isArray(merge) && merge.length === 2;
const modelSchema = z.looseObject({
	type: z.literal("BPE"),
	vocab: z.custom<Record<string, number>>(
		(value) => typeof value === "object" && value !== null && Object.values(value).every(isId),
	),
	merges: z.custom<(string | [string, string])[]>((value) => Array.isArray(value) && value.every(isMerge)),
	unk_token: z.string().nullish(),
	byte_fallback: z.boolean().default(false),
	ignore_merges: z.boolean().default(false),
});
type BpeModel = z.infer<typeof modelSchema>;

const normalizerSchema = z.looseObject({ type: z.string() }).nullish();
const processorSchema = z.looseObject({
	type: z.string(),
	processors: z.array(z.unknown()).optional(),
	single: z.array(z.looseObject({ SpecialToken: z.looseObject({ id: z.string() }).optional() })).optional(),
});

/**
 * The tokenizer of a model folder as a GGUF file holds it. Throws `tokenizer-unsupported` for one that llama.cpp has no
 * counterpart of.
 */
export function vocabularyOf(files: TokenizerFiles, modelDir: string, vocabSize: number): Vocabulary {
	const { tokenizer } = files;
	const parsed = modelSchema.safeParse(tokenizer.model);
	if (!parsed.success) throw unknownTokenizer(modelDir, "it is not a byte-pair encoding (BPE)");
	const model = parsed.data;
	const notes: string[] = [];
	const { tokens, types } = tokenTable(files, model, vocabSize, modelDir);
	const keys = new Map<string, GgufValue>();
	const set = (key: string, value: GgufValue) => keys.set(`tokenizer.ggml.${key}`, value);
	const pairs = model.merges.map((merge): [string, string] => {
		if (typeof merge !== "string") return merge;
		const space = merge.indexOf(" ", 1);
		return [merge.slice(0, space), merge.slice(space + 1)];
	});
	if (model.byte_fallback) {
		const { prefix, note } = spaceRule(tokenizer, modelDir);
		if (note !== null) notes.push(note);
		set("model", string("llama"));
		set("pre", string("default"));
		set("add_space_prefix", bool(prefix));
		set("scores", { type: "array", of: "f32", value: scores(tokens, pairs) });
	} else {
		const pre = recognise(tokenizer.pre_tokenizer, model.ignore_merges);
		if (pre === null)
			throw unknownTokenizer(modelDir, "its way of splitting text before merging is not known");
		const normalizer = normalizerSchema.safeParse(tokenizer.normalizer).data;
		if (normalizer != null && normalizer.type !== "NFC")
			throw unknownTokenizer(modelDir, `its normaliser (${normalizer.type}) is not known`);
		if (normalizer != null)
			notes.push(
				"llama.cpp does not normalise text (NFC): letters written as letter and accent get other ids.",
			);
		set("model", string("gpt2"));
		set("pre", string(pre.name));
		set("merges", { type: "array", of: "string", value: pairs.map((pair) => pair.join(" ")) });
	}
	set("tokens", { type: "array", of: "string", value: tokens });
	set("token_type", { type: "array", of: "i32", value: types });

	const idOf = (token: string | null | undefined): number | undefined => {
		const id = token == null ? -1 : tokens.indexOf(token);
		return id < 0 ? undefined : id;
	};
	const { bos, ends } = special(files, model, tokens, idOf, set, notes);
	const template = templateSource(files, modelDir);
	if (template !== null) keys.set("tokenizer.chat_template", string(template));
	return { keys, ends, bos, template, notes };
}

function tokenTable(
	{ tokenizer }: TokenizerFiles,
	model: BpeModel,
	vocabSize: number,
	modelDir: string,
): { tokens: string[]; types: number[] } {
	const tokens = Array.from({ length: vocabSize }, (_, id) => `[PAD${id}]`);
	const types = new Array<number>(vocabSize).fill(TYPES.unused);
	const put = (token: string, id: number, type: number) => {
		if (id >= vocabSize)
			throw unknownTokenizer(modelDir, `its token ${id} is outside the model's vocabulary of ${vocabSize}`);
		tokens[id] = token;
		types[id] = type;
	};
	for (const [token, id] of Object.entries(model.vocab)) {
		const byte = model.byte_fallback && /^<0x[0-9A-F]{2}>$/.test(token);
		put(token, id, byte ? TYPES.byte : TYPES.normal);
	}
	for (const { id, content, special } of tokenizer.added_tokens) {
		// llama.cpp finds these in the text before it marks spaces.
		const text = model.byte_fallback && special !== true ? content.replaceAll("▁", " ") : content;
		put(text, id, special === true ? TYPES.control : TYPES.userDefined);
	}
	const unknown = model.byte_fallback && model.unk_token != null ? tokens.indexOf(model.unk_token) : -1;
	if (unknown >= 0) types[unknown] = TYPES.unknown;
	return { tokens, types };
}

/** Scores by which llama.cpp merges, best first: the earlier the first merge that makes a token, the better. */
function scores(tokens: readonly string[], merges: readonly (readonly [string, string])[]): number[] {
	const rank = new Map<string, number>();
	for (const [left, right] of merges) if (!rank.has(left + right)) rank.set(left + right, rank.size);
	return tokens.map((token) => 0 - (rank.get(token) ?? rank.size));
}

function special(
	files: TokenizerFiles,
	model: BpeModel,
	tokens: readonly string[],
	idOf: (token: string | null | undefined) => number | undefined,
	set: (key: string, value: GgufValue) => void,
	notes: string[],
): { bos: string | null; ends: string[] } {
	const { tokenizer, tokenizerConfig, config, generationConfig } = files;
	const first = firstToken(tokenizer.post_processor);
	const bos = idOf(first ?? tokenizerConfig.bos_token);
	if (bos !== undefined) set("bos_token_id", u32(bos));
	const given = [generationConfig.eos_token_id ?? [], config.eos_token_id ?? []].flat();
	const named = idOf(tokenizerConfig.eos_token);
	const ids = [...new Set([...(named === undefined ? [] : [named]), ...given])].filter(
		(id) => id < tokens.length,
	);
	const [eos, ...others] = ids;
	if (eos !== undefined) set("eos_token_id", u32(eos));
	const untold = others.filter((id) => !KNOWN_ENDS.has(tokens[id] as string));
	for (const [i, key] of ["eot_token_id", "eom_token_id"].entries()) {
		const id = untold[i];
		if (id !== undefined) set(key, u32(id));
	}
	for (const id of untold.slice(2))
		notes.push(`llama.cpp is not told that ${tokens[id]} ends a response: a file names three ends at most.`);
	const unknown = idOf(model.unk_token ?? tokenizerConfig.unk_token);
	if (unknown !== undefined) set("unknown_token_id", u32(unknown));
	const pad = idOf(tokenizerConfig.pad_token);
	if (pad !== undefined) set("padding_token_id", u32(pad));
	set("add_bos_token", bool(first !== null));
	set("add_eos_token", bool(false));
	return { bos: first, ends: ids.map((id) => tokens[id] as string) };
}

/** The token that the post-processor puts before a text, or null when it puts none. */
function firstToken(processor: unknown): string | null {
	const parsed = processorSchema.safeParse(processor).data;
	if (parsed === undefined) return null;
	for (const inner of parsed.processors ?? []) {
		const found = firstToken(inner);
		if (found !== null) return found;
	}
	return parsed.type === "TemplateProcessing" ? (parsed.single?.[0]?.SpecialToken?.id ?? null) : null;
}
