/** The library's Unigram model; its trie gives the tokens that start at a character. */
export interface UnigramModel {
	trie: { common_prefix_search(characters: readonly string[], start: number): Iterable<string> };
	tokens_to_ids: ReadonlyMap<string, number>;
	/** Log-probability by id; the unknown token has that of an unknown character. */
	scores: readonly number[];
	unk_token_id: number;
	unk_token: string;
}

interface Best {
	score: number;
	start: number;
	unknown: boolean;
}

/**
 * The most likely tokens of a text, unknown characters that follow one another as one piece. The library compares paths after the
 * next token's score is added, where rounding makes ties and undoes them; here they are compared as the original does.
 */
function likeliestPieces(model: UnigramModel, text: string): { piece: string; known: boolean }[] {
	const characters = Array.from(text);
	const best: (Best | undefined)[] = new Array(characters.length + 1);
	const offer = (start: number, end: number, score: number, unknown: boolean) => {
		const total = score + (best[start]?.score ?? 0);
		const there = best[end];
		if (there === undefined || total > there.score) best[end] = { score: total, start, unknown };
	};
	for (let start = 0; start < characters.length; start++) {
		let single = false;
		for (const token of model.trie.common_prefix_search(characters, start)) {
			const length = Array.from(token).length;
			const id = model.tokens_to_ids.get(token) ?? model.unk_token_id;
			offer(start, start + length, model.scores[id] ?? 0, id === model.unk_token_id);
			single ||= length === 1;
		}
		if (!single) offer(start, start + 1, model.scores[model.unk_token_id] ?? 0, true);
	}
	const pieces: { piece: string; known: boolean }[] = [];
	for (let end = characters.length; end > 0; ) {
		const { start, unknown } = best[end] as Best;
		const piece = characters.slice(start, end).join("");
		const later = pieces.at(-1);
		if (unknown && later?.known === false) later.piece = piece + later.piece;
		else pieces.push({ piece, known: !unknown });
		end = start;
	}
	return pieces.reverse();
}

const encoder = new TextEncoder();

/** The tokens of a text; an unknown piece becomes its bytes where the model has tokens for them all, else the unknown token. */
export function unigramTokens(model: UnigramModel, text: string, byteFallback: boolean): string[] {
	return likeliestPieces(model, text).flatMap(({ piece, known }) => {
		if (known) return [piece];
		const bytes = Array.from(encoder.encode(piece), (byte) => {
			return `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;
		});
		const written = byteFallback && bytes.every((byte) => model.tokens_to_ids.has(byte));
		return written ? bytes : [model.unk_token];
	});
}
