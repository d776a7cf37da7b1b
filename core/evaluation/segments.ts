import type { Example } from "../datasets/types.ts";
import type { Tokenizer } from "../tokenizers/tokenizer.ts";

/** A step of a response, with its last token. */
export interface Segment {
	readonly text: string;
	/** Index of the first token at which the decoded text reaches the segment's end. */
	readonly end: number;
	/** Process score, where the data has one. */
	readonly score: number | null;
}

/** Lines with their line breaks; joined without a separator they are the text. Empty lines stay with the line before. */
export function linesOf(text: string): string[] {
	return text.match(/[^\n]*\n+|[^\n]+$/g) ?? [];
}

/**
 * The steps of a response: its own where the data names them, else its lines. Those beyond the tokens (a response that was
 * cut) are left out. Decoded text only grows with the tokens, so each end is found by bisection.
 */
export function segmentsOf(
	{ segments, segmentRewards, response = "" }: Pick<Example, "segments" | "segmentRewards" | "response">,
	tokens: readonly number[],
	tokenizer: Pick<Tokenizer, "decode">,
): Segment[] {
	const length = (count: number) => tokenizer.decode(tokens.slice(0, count)).length;
	const known = length(tokens.length);
	const found: Segment[] = [];
	let [start, from] = [0, 0];
	for (const [i, text] of (segments ?? linesOf(response)).entries()) {
		if (start >= known) break;
		const end = start + text.length;
		let [low, high] = [from, tokens.length - 1];
		while (low < high) {
			const middle = (low + high) >> 1;
			if (length(middle + 1) < end) low = middle + 1;
			else high = middle;
		}
		found.push({ text, end: low, score: segments ? (segmentRewards?.[i] ?? null) : null });
		[start, from] = [end, low];
	}
	return found;
}

/**
 * V of the state that follows token `end`, from V at every response token (V_phi(s_h) is read before a_h). After the last
 * token V is 0 by definition, so there the state before it stands in.
 */
export function valueAfter(values: ArrayLike<number>, end: number): number {
	return values[Math.min(end + 1, values.length - 1)] as number;
}
