import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { AppError } from "../contract/errors.ts";

/** The largest vocabularies in use have a few hundred thousand tokens; an id far above is a damaged file. */
export const tokenId = z.int().nonnegative().max(10_000_000);
const oneOrMoreIds = z.union([tokenId, z.array(tokenId)]).nullish();

/** A special token by name: plain text, or an added token with its matching rules. */
const tokenName = z
	.union([z.string(), z.looseObject({ content: z.string() }).transform((t) => t.content)])
	.nullish();

const tokenNames = z.union([z.array(tokenName), z.record(z.string(), tokenName)]).nullish();

// Loose objects: these files belong to another project and carry many keys that do not concern us.
const addedToken = z.looseObject({ id: tokenId, content: z.string(), special: z.boolean().default(false) });

const tokenizerSchema = z.looseObject({
	model: z.looseObject({}),
	added_tokens: z.array(addedToken).default([]),
});

const tokenizerConfigSchema = z.looseObject({
	bos_token: tokenName,
	eos_token: tokenName,
	pad_token: tokenName,
	unk_token: tokenName,
	additional_special_tokens: tokenNames,
	extra_special_tokens: tokenNames,
	added_tokens_decoder: z.record(z.string().regex(/^\d+$/), addedToken.omit({ id: true })).nullish(),
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

async function readText(file: string): Promise<string | null> {
	try {
		return await readFile(file, "utf8");
	} catch (cause) {
		if ((cause as NodeJS.ErrnoException).code === "ENOENT") return null;
		throw new AppError({
			code: "file-unreadable",
			message: `${file} cannot be read: ${String(cause)}`,
			hint: HINT,
		});
	}
}

async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T | null> {
	const text = await readText(file);
	if (text === null) return null;
	let value: unknown;
	try {
		value = JSON.parse(text.replace(/^\uFEFF/, ""));
	} catch (cause) {
		const message = `${file} is not valid JSON: ${(cause as Error).message}`;
		throw new AppError({ code: "file-corrupt", message, hint: HINT }, { cause });
	}
	const parsed = schema.safeParse(value);
	if (!parsed.success) {
		const message = `${file} is not in the expected form: ${z.prettifyError(parsed.error)}`;
		throw new AppError({ code: "file-corrupt", message, hint: HINT });
	}
	return parsed.data;
}

/**
 * Reads the tokenizer files of a Hugging Face model folder; only tokenizer.json is required.
 * @throws AppError `file-missing`, `file-unreadable` or `file-corrupt`.
 */
export async function readTokenizerFiles(modelDir: string): Promise<TokenizerFiles> {
	const at = (name: string): string => path.join(modelDir, name);
	const tokenizer = await readJson(at("tokenizer.json"), tokenizerSchema);
	if (tokenizer === null) {
		throw new AppError({
			code: "file-missing",
			message: `${modelDir} has no tokenizer.json.`,
			hint: "Choose a folder with a fast tokenizer (tokenizer.json); a lone tokenizer.model must be converted first.",
		});
	}
	return {
		tokenizer,
		tokenizerConfig: (await readJson(at("tokenizer_config.json"), tokenizerConfigSchema)) ?? {},
		config: (await readJson(at("config.json"), idsSchema)) ?? {},
		generationConfig: (await readJson(at("generation_config.json"), idsSchema)) ?? {},
		templateFile: await readText(at("chat_template.jinja")),
	};
}
