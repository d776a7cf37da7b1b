import { AppError } from "../contract/errors.ts";
import { compileChatTemplate } from "./chat-template.ts";
import { compileDecoder } from "./decoder.ts";
import { readTokenizerFiles, type TokenizerFiles } from "./files.ts";
import { hasForeignPattern, withinTime } from "./foreign-patterns.ts";
import { type LibraryTokenizer, openLibrary } from "./library.ts";
import type { Message } from "./message.ts";

export interface Tokenizer {
	/** Token ids of the text, no special tokens added; special tokens written in the text are recognised. */
	encode(text: string): number[];
	/** The text of the ids, special tokens skipped and spaces kept exactly as generated. */
	decode(ids: readonly number[]): string;
	/**
	 * Ids of the prompt up to where the assistant starts: the chat template with a generation prompt, or plain text
	 * after the BOS token (where the tokenizer adds one) for a model without a template.
	 * @throws AppError `data-invalid` when the template refuses the messages, `tokenizer-unsupported` for several
	 * messages without a template.
	 */
	renderPrompt(prompt: string | readonly Message[]): number[];
	/** Ids that end a response; never empty. */
	readonly eosIds: number[];
	readonly padId: number;
	/** One more than the largest id. */
	readonly vocabSize: number;
	/** The vocabulary's spelling of an id, `<unused N>` for a gap. */
	idToToken(id: number): string;
}

function create(files: TokenizerFiles, modelDir: string) {
	const { normalizer, pre_tokenizer, decoder } = files.tokenizer;
	try {
		const hf = openLibrary(files);
		const toText = compileDecoder(decoder);
		if (!hasForeignPattern([normalizer, pre_tokenizer, decoder])) return { hf, toText };
		return { hf: { ...hf, encode: withinTime(hf.encode, modelDir) }, toText: withinTime(toText, modelDir) };
	} catch (cause) {
		throw new AppError(
			{
				code: "tokenizer-unsupported",
				message: `The tokenizer of ${modelDir} cannot be used: ${(cause as Error).message}.`,
				hint: "Choose a model whose tokenizer.json has a BPE or Unigram model, split as Llama's and Qwen's are.",
			},
			{ cause },
		);
	}
}

function idsOf(hf: LibraryTokenizer, token: string | null | undefined): number[] {
	const id = typeof token === "string" ? hf.idOf(token) : undefined;
	return id === undefined ? [] : [id];
}

function findEosIds(files: TokenizerFiles, hf: LibraryTokenizer, modelDir: string): number[] {
	const named = idsOf(hf, files.tokenizerConfig.eos_token);
	const given = [files.generationConfig.eos_token_id ?? [], files.config.eos_token_id ?? []].flat();
	const ids = [...new Set([...given, ...named])];
	const unknown = ids.filter((id) => hf.vocab[id] === undefined);
	if (unknown.length > 0) {
		throw new AppError({
			code: "file-corrupt",
			message: `${modelDir} gives end-of-sequence id ${unknown.join(", ")}, which its tokenizer.json does not have.`,
			hint: "Correct eos_token_id in generation_config.json and config.json.",
		});
	}
	if (ids.length === 0) {
		throw new AppError({
			code: "tokenizer-unsupported",
			message: `${modelDir} names no end-of-sequence token.`,
			hint: "Set eos_token_id in generation_config.json, or eos_token in tokenizer_config.json.",
		});
	}
	return ids;
}

/**
 * Opens the tokenizer of a Hugging Face model folder.
 * @throws AppError `file-missing`, `file-unreadable`, `file-corrupt` or `tokenizer-unsupported`.
 */
export async function loadTokenizer(modelDir: string): Promise<Tokenizer> {
	const files = await readTokenizerFiles(modelDir);
	const { hf, toText } = create(files, modelDir);
	const eosIds = findEosIds(files, hf, modelDir);
	const renderChat = compileChatTemplate(files, modelDir);
	const vocabSize = hf.vocab.length;
	const padIds = [files.generationConfig.pad_token_id, files.config.pad_token_id].filter(
		(id) => typeof id === "number" && id >= 0 && id < vocabSize,
	);
	return {
		encode: (text) => hf.encode(text),
		// Tidying spaces is a habit of translation models and would change what a grader or a reader sees.
		decode: (ids) => {
			const tokens = ids.map((id) => hf.vocab[id]);
			return toText(tokens.filter((token) => token !== undefined && !hf.special.has(token)) as string[]);
		},
		renderPrompt: (prompt) => {
			const messages = typeof prompt === "string" ? [{ role: "user", content: prompt }] : prompt;
			if (renderChat !== null) return hf.encode(renderChat(messages));
			const [only] = messages;
			if (messages.length !== 1 || only === undefined) {
				throw new AppError({
					code: "tokenizer-unsupported",
					message: `${modelDir} has no chat template, so a prompt of ${messages.length} messages has no text form.`,
					hint: "Use plain text prompts with this model, or put a chat_template.jinja in its folder.",
				});
			}
			return [...hf.prefix, ...hf.encode(only.content)];
		},
		eosIds,
		// Padding is masked out, so any id of the vocabulary serves where the model names none.
		padId: idsOf(hf, files.tokenizerConfig.pad_token)[0] ?? padIds[0] ?? eosIds[0] ?? 0,
		vocabSize,
		idToToken: (id) => hf.vocab[id] ?? `<unused ${id}>`,
	};
}
