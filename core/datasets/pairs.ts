import { createHash } from "node:crypto";
import { isCorrect, isScored } from "./outcome.ts";
import type { Example } from "./types.ts";

export interface PairOptions {
	/** Pairs taken for each scored response. */
	readonly ratio: number;
	readonly seed: number;
}

export interface PreferencePair {
	readonly chosen: Example;
	readonly rejected: Example;
}

export interface PairSelection {
	/** The pairs taken, in the order of their prompts. */
	readonly pairs: readonly PreferencePair[];
	/** Pairs of a correct and a wrong response to one prompt, of which `pairs` is a part. */
	readonly possible: number;
	/** Scored responses that the pairs were made from. */
	readonly trajectories: number;
	readonly prompts: number;
	/** Prompts whose responses are all correct or all wrong. */
	readonly promptsWithoutPair: number;
}

/**
 * Pairs for DPO as the paper builds them: every correct with every wrong response of a prompt, and of those a random
 * subset of `ratio` times the number of responses. The same examples and seed always give the same pairs, in whatever
 * order the prompts come.
 */
export function makePairs(examples: readonly Example[], { ratio, seed }: PairOptions): PairSelection {
	const scored = examples.filter(isScored);
	const prompts = new Map<string, Example[]>();
	for (const example of scored) {
		const group = prompts.get(example.promptKey);
		if (group) group.push(example);
		else prompts.set(example.promptKey, [example]);
	}
	const all: { pair: PreferencePair; rank: string }[] = [];
	let promptsWithoutPair = 0;
	for (const [key, group] of prompts) {
		const before = all.length;
		const wrong = group.filter((example) => !isCorrect(example));
		group.filter(isCorrect).forEach((chosen, c) => {
			wrong.forEach((rejected, r) => {
				all.push({ pair: { chosen, rejected }, rank: rankOf(`${seed}:${key}:${c}:${r}`) });
			});
		});
		if (all.length === before) promptsWithoutPair++;
	}
	const wanted = Math.min(all.length, Math.max(1, Math.round(ratio * scored.length)));
	const last = all.map(({ rank }) => rank).sort()[wanted - 1] ?? "";
	return {
		pairs: all.filter(({ rank }) => rank <= last).map(({ pair }) => pair),
		possible: all.length,
		trajectories: scored.length,
		prompts: prompts.size,
		promptsWithoutPair,
	};
}

/** A pair as a row of the preference form. The tokens go with it where they are known: text alone may be read as others. */
export function pairRow({ chosen, rejected }: PreferencePair): Record<string, unknown> {
	return {
		prompt: chosen.prompt,
		chosen: chosen.response,
		rejected: rejected.response,
		reference: chosen.reference,
		chosen_token_ids: chosen.responseTokenIds,
		rejected_token_ids: rejected.responseTokenIds,
	};
}

const rankOf = (text: string): string => createHash("sha256").update(text).digest("base64");
