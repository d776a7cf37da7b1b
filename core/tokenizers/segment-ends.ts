import type { Tokenizer } from "./tokenizer.ts";

/** What an incomplete character is decoded to. */
const REPLACEMENT = "\uFFFD";

/**
 * For each segment of a response the number of tokens up to and including its last one: the fewest tokens whose text
 * reaches the segment's end. End tokens have no text, so the one that ends the response belongs to no segment; where the
 * tokens were cut short, all that is missing ends with the last of them. `segments` joined are the text of `tokens`.
 */
export function segmentEnds(
	tokens: readonly number[],
	segments: readonly string[],
	tokenizer: Pick<Tokenizer, "decode">,
): number[] {
	const text = segments.join("");
	const decoded = (count: number) => tokenizer.decode(tokens.slice(0, count));
	let length = 0;
	let from = 1;
	return segments.map((segment) => {
		length += segment.length;
		let [low, high] = [from, tokens.length];
		while (low < high) {
			const middle = (low + high) >> 1;
			if (decoded(middle).length >= length) high = middle;
			else low = middle + 1;
		}
		// Part of a character may be decoded to more than the whole of it: go on to where it is complete.
		while (low < tokens.length && !reaches(decoded(low), text, length)) low++;
		from = low;
		return low;
	});
}

function reaches(decoded: string, text: string, length: number): boolean {
	if (decoded.length < length) return false;
	// What ends in a part of a character may still have the segment whole before it.
	return decoded.startsWith(text.slice(0, length)) || !decoded.endsWith(REPLACEMENT);
}
