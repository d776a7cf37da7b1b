import { Tokenizer as Library } from "@huggingface/tokenizers";
import { z } from "zod";
import { addedTokens } from "./added-tokens.ts";
import { MAX_ID, type TokenizerFiles } from "./files.ts";
import { exactNormalizer, exactPreTokenizer } from "./sections.ts";
import { normalise } from "./unicode.ts";
import { type UnigramModel, unigramTokens } from "./unigram.ts";
import { Unsupported } from "./unsupported.ts";

interface Normalizer {
	form?: "NFC" | "NFD" | "NFKC" | "NFKD";
	normalizers?: Normalizer[];
	normalize(text: string): string;
}

interface PreTokenizer {
	tokenizers?: PreTokenizer[];
	config?: { type?: string; invert?: boolean };
	pattern?: RegExp;
	pre_tokenize_text(text: string): string[];
}

/** The part of the library that we use; its own declarations do not resolve under Node's module rules. */
interface HfTokenizer {
	encode(text: string, options: { add_special_tokens: boolean }): { ids: number[]; tokens: string[] };
	token_to_id(token: string): number | undefined;
	normalizer: Normalizer | null;
	pre_tokenizer: PreTokenizer | null;
	model: { vocab: string[]; _call(pieces: string[]): string[] };
}

/** A tokenizer as the library of its file would have it: same ids, for what we accept. */
export interface LibraryTokenizer {
	encode(text: string): number[];
	/** Ids that the post-processor puts before a text (BOS). */
	readonly prefix: readonly number[];
	idOf(token: string): number | undefined;
	/** The vocabulary by id; it may have gaps. */
	readonly vocab: readonly (string | undefined)[];
	/** Tokens that are no text. */
	readonly special: ReadonlySet<string>;
}

// A schema would report each of a million wrong entries by itself.
function isVocabulary(given: unknown): boolean {
	return (
		isObject(given) && Object.values(given).every((id) => Number.isInteger(id) && id >= 0 && id <= MAX_ID)
	);
}

function isScoredVocabulary(given: unknown): boolean {
	const scored = (entry: unknown) =>
		Array.isArray(entry) && typeof entry[0] === "string" && typeof entry[1] === "number";
	return Array.isArray(given) && given.length > 0 && given.every(scored);
}

function isObject(given: unknown): given is object {
	return typeof given === "object" && given !== null && !Array.isArray(given);
}

const absent = z.union([z.null(), z.literal("")]).optional();
const bpeSchema = z.looseObject({
	vocab: z.custom<Record<string, number>>(isVocabulary),
	merges: z.array(z.unknown()),
	dropout: z.union([z.null(), z.literal(0)]).optional(),
	continuing_subword_prefix: absent,
	end_of_word_suffix: absent,
});
const unigramSchema = z.looseObject({
	vocab: z.custom<[token: string, score: number][]>(isScoredVocabulary),
	unk_id: z.int().nonnegative(),
	byte_fallback: z.boolean().default(false),
});

interface Model {
	section: Record<string, unknown>;
	idOf(token: string): number | undefined;
	/** Null for a BPE model, which the library computes as the original does. */
	unigram: { byteFallback: boolean } | null;
}

function read<T>(schema: z.ZodType<T>, type: string, model: unknown): T {
	const parsed = schema.safeParse(model);
	if (parsed.success) return parsed.data;
	const fields = [...new Set(parsed.error.issues.map((issue) => issue.path[0] ?? "content"))];
	throw new Unsupported(`its ${type} model has no ${fields.join(", ")} that we know`);
}

/** The model section with its type named, as old files do not; only what the library computes as the original does passes. */
function checkedModel(model: TokenizerFiles["tokenizer"]["model"]): Model {
	const type = model.type ?? (Array.isArray(model.vocab) ? "Unigram" : "merges" in model ? "BPE" : undefined);
	if (type === "BPE") {
		const { vocab } = read(bpeSchema, type, model);
		const idOf = (token: string) => (Object.hasOwn(vocab, token) ? vocab[token] : undefined);
		return { section: { ...model, type }, idOf, unigram: null };
	}
	if (type === "Unigram") {
		const { vocab, byte_fallback } = read(unigramSchema, type, model);
		const ids = new Map(vocab.map(([token], id) => [token, id]));
		return {
			section: { ...model, type },
			idOf: (token) => ids.get(token),
			unigram: { byteFallback: byte_fallback },
		};
	}
	throw new Unsupported(`its model is ${type === undefined ? "of no known type" : String(type)}`);
}

/** Unicode normalisation differs between engines; here it is replaced by one that does not. */
function pinNormalizer(normalizer: Normalizer | null): void {
	if (normalizer === null) return;
	for (const inner of normalizer.normalizers ?? []) pinNormalizer(inner);
	const { form } = normalizer;
	if (form !== undefined) normalizer.normalize = (text) => normalise(text, form);
}

/** Every match and everything between them; the library's way copies the regular expression, long ones slowly, for every text. */
function piecesOf(text: string, regex: RegExp): string[] {
	const pieces: string[] = [];
	let at = 0;
	regex.lastIndex = 0;
	for (let match = regex.exec(text); match !== null; match = regex.exec(text)) {
		if (match.index > at) pieces.push(text.slice(at, match.index));
		// Past a whole character: from within a pair of surrogates the search would go back to where it stands.
		if (match[0] === "") regex.lastIndex += (text.codePointAt(match.index) ?? 0) > 0xffff ? 2 : 1;
		else pieces.push(match[0]);
		at = match.index + match[0].length;
	}
	if (at < text.length) pieces.push(text.slice(at));
	return pieces;
}

function quicken(step: PreTokenizer | null): void {
	for (const inner of step?.tokenizers ?? []) quicken(inner);
	const { pattern, config } = step ?? {};
	if (step === null || pattern === undefined || config?.type !== "Split" || config.invert === true) return;
	step.pre_tokenize_text = (text) => piecesOf(text, pattern);
}

/**
 * Opens a tokenizer with the library, after rewriting what it does differently from the original `tokenizers`.
 * @throws Unsupported for what would give other ids; other errors for a file that makes no sense.
 */
export function openLibrary(files: TokenizerFiles): LibraryTokenizer {
	const { tokenizer } = files;
	const model = checkedModel(tokenizer.model);
	const added = addedTokens(files, model.idOf);
	const whole = added.find((token) => token.single_word === true);
	if (whole !== undefined) throw new Unsupported(`its added token ${whole.content} matches whole words only`);
	const hf: HfTokenizer = new Library(
		{
			post_processor: null,
			...tokenizer,
			added_tokens: added,
			decoder: null,
			model: model.section,
			normalizer: exactNormalizer(tokenizer.normalizer),
			pre_tokenizer: exactPreTokenizer(tokenizer.pre_tokenizer),
		},
		{},
	);
	pinNormalizer(hf.normalizer);
	quicken(hf.pre_tokenizer);
	if (model.unigram !== null) {
		const { byteFallback } = model.unigram;
		const unigram = hf.model as HfTokenizer["model"] & UnigramModel;
		unigram._call = (pieces) => pieces.flatMap((piece) => unigramTokens(unigram, piece, byteFallback));
	}
	return {
		// A half of a surrogate pair is no character; encoders of UTF-8 write this in its place.
		encode: (text) => hf.encode(text.replace(/\p{Surrogate}/gu, "\uFFFD"), { add_special_tokens: false }).ids,
		prefix: findPrefix(hf),
		idOf: (token) => hf.token_to_id(token),
		vocab: hf.model.vocab,
		special: new Set(added.filter((token) => token.special).map((token) => token.content)),
	};
}

/** What is put after a text is not for a prompt that is to be continued. */
function findPrefix(hf: HfTokenizer): number[] {
	const plain = hf.encode("a", { add_special_tokens: false }).ids;
	const { ids, tokens } = hf.encode("a", { add_special_tokens: true });
	const start = ids.findIndex((_, i) => plain.every((id, j) => ids[i + j] === id));
	const lacking = tokens.slice(0, Math.max(0, start)).find((token) => hf.token_to_id(token) === undefined);
	if (lacking !== undefined)
		throw new Unsupported(`its post-processor adds ${lacking}, which it does not have`);
	return ids.slice(0, Math.max(0, start));
}
