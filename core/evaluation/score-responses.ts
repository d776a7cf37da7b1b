import type { EncodedPrompt } from "../sampling/prompts.ts";
import type { Generated } from "../sampling/types.ts";
import { responseOnly } from "../training/score.ts";
import type { Beginning } from "./guided.ts";
import type { ValueScorer } from "./value-scorer.ts";

/** V_phi(s_h) at every token of each response. */
export async function valuesOfAnswers(
	scorer: ValueScorer,
	prompts: readonly EncodedPrompt[],
	responses: readonly Pick<Generated, "promptIndex" | "tokens">[],
): Promise<Float32Array[]> {
	const trajectories = responses.map(({ promptIndex, tokens }) => {
		const { row, tokens: prompt } = prompts[promptIndex] as EncodedPrompt;
		return responseOnly(row, prompt, tokens);
	});
	const scores = await scorer.score(trajectories);
	return trajectories.map((trajectory) => scores.get(trajectory)?.values as Float32Array);
}

/**
 * V of the state that each response or beginning leads to. V is read before a token, so an unfinished one gets a token more
 * to read it at; which one does not matter, as nothing looks at what is to come.
 */
export async function scoreEnds(
	scorer: ValueScorer,
	prompts: readonly EncodedPrompt[],
	beginnings: readonly Beginning[],
): Promise<number[]> {
	const read = beginnings.map(({ promptIndex, tokens, finished }) => ({
		promptIndex,
		tokens: finished ? tokens : [...tokens, 0],
	}));
	const values = await valuesOfAnswers(scorer, prompts, read);
	return values.map((own) => own[own.length - 1] as number);
}
