import type { Tokenizer } from "../../tokenizers/tokenizer.ts";

const REPLACEMENT = "\uFFFD";
/** A character takes four bytes at most, so one that is still incomplete after as many tokens never will be. */
const MAX_PARTS = 8;

/**
 * The text that each token adds, special tokens as they are spelt; together they are the text of the whole. A character
 * spread over several tokens stands at the last of them, and the others are empty.
 */
export function tokenTexts(
	ids: readonly number[],
	tokenizer: Pick<Tokenizer, "decode" | "idToToken">,
): string[] {
	const texts: string[] = [];
	// Text of a token depends on those before it (a leading space is dropped at the very start), so a few are kept.
	let context: number[] = [];
	let pending: number[] = [];
	for (const id of ids) {
		if (tokenizer.decode([id]) === "" && tokenizer.decode([id, id]) === "") {
			texts.push(tokenizer.idToToken(id));
			context = [];
			pending = [];
			continue;
		}
		pending.push(id);
		const before = tokenizer.decode(context);
		const text = tokenizer.decode([...context, ...pending]).slice(before.length);
		if (text.endsWith(REPLACEMENT) && pending.length < MAX_PARTS) {
			texts.push("");
			continue;
		}
		texts.push(text);
		context = pending;
		pending = [];
	}
	if (pending.length > 0)
		texts[texts.length - 1] = tokenizer
			.decode([...context, ...pending])
			.slice(tokenizer.decode(context).length);
	return texts;
}
