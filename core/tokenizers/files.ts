import { existsSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { AppError } from "../contract/errors.ts";
import { readForeignJson, readForeignText } from "../store/foreign-files.ts";
import { modelHome } from "../store/model-home.ts";

/** The largest vocabularies in use have a few hundred thousand tokens; an id far above is a damaged file. */
export const MAX_ID = 10_000_000;
const tokenId = z.int().nonnegative().max(MAX_ID);
const oneOrMoreIds = z.union([tokenId, z.array(tokenId)]).nullish();

/** A special token by name: plain text, or an added token with its matching rules. */
const tokenName = z
	.union([z.string(), z.looseObject({ content: z.string() }).transform((t) => t.content)])
	.nullish();

const tokenNames = z.union([z.array(tokenName), z.record(z.string(), tokenName)]).nullish();

// Loose objects: these files belong to another project and carry many keys that do not concern us.
/** Bounds what is judged one by one; the tokenizers with the most added tokens have some 6,000. */
function few<T>(schema: z.ZodType<T>) {
	const count = (given: unknown) =>
		typeof given === "object" && given !== null ? Object.keys(given).length : 0;
	return z
		.unknown()
		.refine((given) => count(given) <= 50_000, "it has too many entries")
		.pipe(schema);
}

const addedToken = z.looseObject({ id: tokenId, content: z.string(), special: z.boolean().default(false) });

const tokenizerSchema = z.looseObject({
	model: z.looseObject({}),
	added_tokens: few(z.array(addedToken)).default([]),
});

const tokenizerConfigSchema = z.looseObject({
	bos_token: tokenName,
	eos_token: tokenName,
	pad_token: tokenName,
	unk_token: tokenName,
	additional_special_tokens: tokenNames,
	extra_special_tokens: tokenNames,
	added_tokens_decoder: few(z.record(z.string().regex(/^\d+$/), addedToken.omit({ id: true }))).nullish(),
	chat_template: z
		.union([z.string(), z.array(z.looseObject({ name: z.string(), template: z.string() }))])
		.nullish(),
});

const idsSchema = z.looseObject({
	eos_token_id: oneOrMoreIds,
	pad_token_id: z.int().nullish(),
});

export type AddedToken = z.infer<typeof addedToken>;
export type TokenizerConfig = z.infer<typeof tokenizerConfigSchema>;

/** Everything a model folder says about its tokens. */
export interface TokenizerFiles {
	tokenizer: z.infer<typeof tokenizerSchema>;
	tokenizerConfig: TokenizerConfig;
	config: z.infer<typeof idsSchema>;
	generationConfig: z.infer<typeof idsSchema>;
	/** The text of chat_template.jinja, which wins over the one in tokenizer_config.json. */
	templateFile: string | null;
}

const HINT = "Download the model folder again; it must hold the Hugging Face tokenizer files as published.";

/** The largest files that are read, in bytes: several times those of the largest vocabulary in use, Gemma 3's of 33 MB. */
const MAX_TOKENIZER_BYTES = 64_000_000;
const MAX_CONFIG_BYTES = 4_000_000;
const MAX_TEMPLATE_BYTES = 1_000_000;

function readParsed<T>(file: string, maxBytes: number, schema: z.ZodType<T>): T | null {
	if (!existsSync(file)) return null;
	const parsed = schema.safeParse(readForeignJson(file, maxBytes));
	if (parsed.success) return parsed.data;
	const problem = z.prettifyError({ issues: parsed.error.issues.slice(0, 3) });
	const message = `${file} is not in the expected form: ${problem.slice(0, 500)}`;
	throw new AppError({ code: "file-corrupt", message, hint: HINT });
}

/**
 * Reads the tokenizer files of a Hugging Face model folder, or of an adapter's base; only tokenizer.json is required.
 * @throws AppError `file-missing`, `file-unreadable` or `file-corrupt`.
 */
export async function readTokenizerFiles(modelDir: string): Promise<TokenizerFiles> {
	const home = modelHome(modelDir);
	const at = (name: string): string => path.join(home, name);
	const tokenizer = readParsed(at("tokenizer.json"), MAX_TOKENIZER_BYTES, tokenizerSchema);
	if (tokenizer === null) {
		throw new AppError({
			code: "file-missing",
			message: `${modelDir} has no tokenizer.json.`,
			hint: "Choose a folder with a fast tokenizer (tokenizer.json); a lone tokenizer.model must be converted first.",
		});
	}
	const template = at("chat_template.jinja");
	return {
		tokenizer,
		tokenizerConfig: readParsed(at("tokenizer_config.json"), MAX_CONFIG_BYTES, tokenizerConfigSchema) ?? {},
		config: readParsed(at("config.json"), MAX_CONFIG_BYTES, idsSchema) ?? {},
		generationConfig: readParsed(at("generation_config.json"), MAX_CONFIG_BYTES, idsSchema) ?? {},
		templateFile: existsSync(template) ? readForeignText(template, MAX_TEMPLATE_BYTES) : null,
	};
}
