import type { Example } from "./types.ts";

/** Whether an example is a response with a reward or a label. */
export const isScored = (example: Example): boolean =>
	example.response !== undefined && (example.reward !== undefined || example.label !== undefined);

/** Whether an example is a chosen and a rejected response. */
export const isPair = (example: Example): boolean =>
	example.chosen !== undefined && example.rejected !== undefined;

/** Whether a scored response counts as correct: its label, else a reward above one half; null when neither is there. */
export function isCorrect({ label, reward }: Example): boolean | null {
	if (label !== undefined) return label;
	return reward === undefined ? null : reward > 0.5;
}

/** The two sides of a preference pair as examples of their own: the chosen response, then the rejected one. */
export function sidesOf<E extends Omit<Example, "promptKey">>(pair: E): [E, E] {
	const { chosen, rejected, chosenTokenIds, rejectedTokenIds, ...rest } = pair;
	const side = (response: string | undefined, responseTokenIds: number[] | undefined, label: boolean) =>
		({ ...rest, response, responseTokenIds, label }) as E;
	return [side(chosen, chosenTokenIds, true), side(rejected, rejectedTokenIds, false)];
}
