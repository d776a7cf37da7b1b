import type { Separator } from "../contract/sampling.ts";

const BREAKS: Readonly<Record<Separator, RegExp>> = { line: /\n+/g, paragraph: /\n{2,}/g };

/**
 * Cuts a response into segments at line breaks, or at double ones; a break belongs to the segment that it ends, and what
 * holds no text joins the segment before it (at the start, the one behind). Joined, they are the response.
 */
export function splitSegments(response: string, separator: Separator): string[] {
	const segments: string[] = [];
	let start = 0;
	for (const { index, 0: breaks } of response.matchAll(BREAKS[separator])) {
		const end = index + breaks.length;
		if (response.slice(start, end).trim() === "") {
			// Nothing stands before it, or the break before it would have taken it in: wait for text.
			if (segments.length === 0) continue;
			segments[segments.length - 1] += response.slice(start, end);
		} else {
			segments.push(response.slice(start, end));
		}
		start = end;
	}
	const rest = response.slice(start);
	if (segments.length === 0 || rest.trim() !== "") segments.push(rest);
	else segments[segments.length - 1] += rest;
	return segments;
}

/** Scores of n segments of which the first `good` still lead to a correct answer. */
export function segmentScores(n: number, good: number): number[] {
	return Array.from({ length: n }, (_, i) => (i < good ? 1 : 0));
}

/** The start of a response, at the end of one of its segments. */
export interface Prefix {
	readonly promptIndex: number;
	readonly tokens: readonly number[];
}

/** A wrong response: its tokens and, for each segment, how many tokens it and those before it have. */
export interface WrongResponse extends Prefix {
	readonly ends: readonly number[];
}

export interface Walked {
	/** For each response, how many of its first segments make the longest prefix with a correct completion. */
	readonly good: number[];
	/** Prefixes that were not completed again because another response begins in the same way. */
	readonly reused: number;
}

/**
 * Finds the longest prefix of each wrong response that a roll-out still completes correctly (section 4.4): prefixes of
 * n - 1 segments first, then one fewer, all responses in step, so that each round is one large batch. Equal prefixes of one
 * prompt are completed once. `rollOut` says of each prefix whether a completion was correct, or null to stop, which ends the
 * walk with null.
 */
export async function walkPrefixes(
	responses: readonly WrongResponse[],
	rollOut: (prefixes: readonly Prefix[], visited: number) => Promise<readonly boolean[] | null>,
): Promise<Walked | null> {
	const known = new Map<string, boolean>();
	const good = responses.map(({ ends }) => ends.length - 1);
	const walking = new Set(responses.keys());
	let asked = 0;
	let visited = 0;
	while (true) {
		const wanted = new Map<string, Prefix>();
		for (const r of walking) {
			const response = responses[r] as WrongResponse;
			let at = good[r] as number;
			let prefix = prefixOf(response, at);
			while (at > 0 && known.get(keyOf(prefix)) === false) {
				at--;
				visited++;
				prefix = prefixOf(response, at);
			}
			good[r] = at;
			if (at > 0 && !known.has(keyOf(prefix))) {
				wanted.set(keyOf(prefix), prefix);
			} else {
				walking.delete(r);
				// What lies before a prefix that was completed need not be looked at.
				visited += at;
			}
		}
		if (wanted.size === 0) break;
		const answers = await rollOut([...wanted.values()], visited);
		if (answers === null) return null;
		for (const [i, key] of [...wanted.keys()].entries()) known.set(key, answers[i] as boolean);
		asked += wanted.size;
	}
	const looked = responses.reduce((sum, { ends }, r) => sum + lookedAt(ends.length, good[r] as number), 0);
	return { good, reused: looked - asked };
}

/** Prefixes of n - 1 .. `good` segments, without the empty one. */
function lookedAt(n: number, good: number): number {
	return n - Math.max(1, good);
}

function prefixOf({ promptIndex, tokens, ends }: WrongResponse, segments: number): Prefix {
	return { promptIndex, tokens: tokens.slice(0, segments === 0 ? 0 : ends[segments - 1]) };
}

function keyOf({ promptIndex, tokens }: Prefix): string {
	return `${promptIndex}:${tokens.join(",")}`;
}
