import type { Tokenizer } from "./tokenizer.ts";

/** What an incomplete character is decoded to. */
const REPLACEMENT = "\uFFFD";

/**
 * The text of tokens as they come. Tokens of a byte-level vocabulary may hold a part of a character, so text that ends in one
 * is held back until the character is whole; all that was given, with what `end` gives, is the text of all tokens together.
 */
export class TextStream {
	private readonly tokenizer: Pick<Tokenizer, "decode">;
	private readonly tokens: number[] = [];
	private given = "";
	/** Tokens before `read` are given; those from `context` on are decoded with the next, as a first token may lose its space. */
	private context = 0;
	private read = 0;

	constructor(tokenizer: Pick<Tokenizer, "decode">) {
		this.tokenizer = tokenizer;
	}

	/** The text that this token completes; often its own, sometimes none. */
	push(token: number): string {
		const { tokens, tokenizer, context, read } = this;
		tokens.push(token);
		const before = tokenizer.decode(tokens.slice(context, read));
		const now = tokenizer.decode(tokens.slice(context));
		if (now.endsWith(REPLACEMENT) || !now.startsWith(before)) return "";
		const text = now.slice(before.length);
		if (text === "") return "";
		this.context = read;
		this.read = tokens.length;
		this.given += text;
		return text;
	}

	/** What was held back; null where the decoder changed text that was given already, so that only the whole is right. */
	end(): string | null {
		const whole = this.tokenizer.decode(this.tokens);
		return whole.startsWith(this.given) ? whole.slice(this.given.length) : null;
	}
}

/**
 * The text of each token, joined the text of all: a character that several tokens make belongs to the last of them, and what
 * is never completed to the last token.
 */
export function tokenTexts(tokens: readonly number[], tokenizer: Pick<Tokenizer, "decode">): string[] {
	const stream = new TextStream(tokenizer);
	const texts = tokens.map((token) => stream.push(token));
	const rest = stream.end();
	if (rest === null) return cutByLength(tokens, tokenizer);
	if (rest !== "") texts[texts.length - 1] += rest;
	return texts;
}

/** Slower and less exact, for decoders that change earlier text: the whole text cut where each beginning ends. */
function cutByLength(tokens: readonly number[], tokenizer: Pick<Tokenizer, "decode">): string[] {
	const whole = tokenizer.decode(tokens);
	let from = 0;
	return tokens.map((_, i) => {
		const length = i === tokens.length - 1 ? whole.length : tokenizer.decode(tokens.slice(0, i + 1)).length;
		const to = Math.min(whole.length, Math.max(from, length));
		const text = whole.slice(from, to);
		from = to;
		return text;
	});
}
