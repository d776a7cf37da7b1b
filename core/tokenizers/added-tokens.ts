import type { AddedToken, TokenizerFiles } from "./files.ts";

/**
 * The added tokens of tokenizer.json, and those that tokenizer_config.json alone names: transformers recognises both in text. A name
 * that has no id is left out, for there a new one would be made up, which the model has never seen.
 */
export function addedTokens(
	files: TokenizerFiles,
	idOf: (token: string) => number | undefined,
): AddedToken[] {
	const { tokenizerConfig: config, tokenizer } = files;
	const tokens = [...tokenizer.added_tokens];
	const known = new Set(tokens.map((token) => token.content));
	const add = (token: AddedToken) => {
		if (known.has(token.content)) return;
		known.add(token.content);
		tokens.push(token);
	};
	for (const [id, token] of Object.entries(config.added_tokens_decoder ?? {}))
		add({ ...token, id: Number(id) });
	const more = [config.additional_special_tokens ?? [], config.extra_special_tokens ?? []];
	const named = [
		config.bos_token,
		config.eos_token,
		config.unk_token,
		config.pad_token,
		...more.map(Object.values),
	];
	for (const content of named.flat()) {
		const id = typeof content === "string" ? idOf(content) : undefined;
		if (id !== undefined) add({ id, content, special: true, normalized: false });
	}
	return tokens;
}
