/**
 * A byte-level BPE trainer in GPT-2's form: 256 printable stand-ins for the bytes, GPT-2's pre-tokeniser, merges
 * learned by pair frequency. Any text encodes, because every byte is a token.
 */

/** GPT-2's split of a text into words, as `ByteLevel` with `use_regex` applies it. */
const WORDS = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/** GPT-2's printable character for each byte. */
export function byteAlphabet(): string[] {
	const printable = (b: number) => (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || (b >= 174 && b <= 255);
	let shifted = 0;
	return Array.from({ length: 256 }, (_, byte) =>
		String.fromCodePoint(printable(byte) ? byte : 256 + shifted++),
	);
}

export interface Vocabulary {
	/** Token texts by id: special tokens, then bytes, then merges, then unused ones up to the size asked for. */
	tokens: string[];
	merges: [string, string][];
}

const DIGIT = /[0-9]/;

/**
 * Learns merges until the vocabulary holds `size` tokens or every word of `texts` is one token.
 *
 * The numbers 10 to 99 are merged first and digits take part in no other merge: one number then is one token
 * wherever it stands, which lets a very small model learn its arithmetic as a table.
 */
export function trainBpe(
	texts: Iterable<string>,
	specialTokens: readonly string[],
	size: number,
): Vocabulary {
	const alphabet = byteAlphabet();
	const words = countWords(texts, alphabet);
	const merges: [string, string][] = [];
	for (let n = 10; n < 100; n++) merges.push([String(Math.floor(n / 10)), String(n % 10)]);

	while (specialTokens.length + 256 + merges.length < size) {
		const best = mostFrequentPair(words);
		if (best === null) break;
		merges.push(best);
		for (const word of words) word.parts = mergePair(word.parts, best);
	}
	const tokens = [...specialTokens, ...alphabet, ...merges.map(([a, b]) => a + b)];
	if (new Set(tokens).size !== tokens.length) throw new Error("two merges made the same token");
	return { tokens, merges };
}

interface Word {
	parts: string[];
	count: number;
}

function countWords(texts: Iterable<string>, alphabet: readonly string[]): Word[] {
	const counts = new Map<string, number>();
	for (const text of texts)
		for (const [word] of text.matchAll(WORDS))
			if (!DIGIT.test(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
	return [...counts].map(([word, count]) => ({
		parts: [...Buffer.from(word)].map((byte) => alphabet[byte] as string),
		count,
	}));
}

/** The most frequent neighbouring pair, ties broken by text so that the result does not hang on map order. */
function mostFrequentPair(words: readonly Word[]): [string, string] | null {
	const counts = new Map<string, number>();
	for (const { parts, count } of words)
		for (let i = 0; i + 1 < parts.length; i++) {
			const pair = `${parts[i]} ${parts[i + 1]}`;
			counts.set(pair, (counts.get(pair) ?? 0) + count);
		}
	const ranked = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
	const best = ranked[0]?.[0].split(" ");
	return best === undefined ? null : [best[0] as string, best[1] as string];
}

function mergePair(parts: readonly string[], [left, right]: [string, string]): string[] {
	const merged: string[] = [];
	for (let i = 0; i < parts.length; i++) {
		const pair = parts[i] === left && parts[i + 1] === right;
		merged.push(pair ? left + right : (parts[i] as string));
		if (pair) i++;
	}
	return merged;
}
