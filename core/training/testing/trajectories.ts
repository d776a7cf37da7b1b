import type { Trajectory } from "../trajectories.ts";

/** A trajectory of token ids; its row is its name. Unless given, it is right, with reward 1 on the last token. */
export function trajectory(
	row: number,
	prompt: readonly number[],
	response: readonly number[],
	more: Partial<Trajectory> = {},
): Trajectory {
	const correct = more.correct === undefined ? true : more.correct;
	const rewards = new Float32Array(response.length);
	if (response.length > 0) rewards[response.length - 1] = correct ? 1 : 0;
	return { row, promptKey: prompt.join(), prompt, response, rewards, correct, behaviour: null, ...more };
}

/** Ids from 3 on, as the tiny models have them, drawn from a small fixed sequence. */
export function tokens(count: number, seed: number): number[] {
	return Array.from({ length: count }, (_, i) => 3 + ((seed * 31 + i * 17 + ((i * i * seed) % 7)) % 61));
}

/**
 * Eight responses to three prompts, of lengths 1 to 9, right and wrong ones, some with process rewards and some drawn
 * from another policy.
 */
export function eightTrajectories(): Trajectory[] {
	const prompts = [tokens(5, 1), tokens(3, 2), tokens(8, 3)];
	const lengths = [4, 9, 2, 5, 1, 7, 3, 6];
	return lengths.map((length, row) => {
		const base = trajectory(row, prompts[row % 3] as number[], [...tokens(length - 1, row + 10), 2], {
			correct: row % 3 !== 1,
		});
		if (row % 4 === 2) base.rewards[0] = 0.25;
		return row % 4 === 3
			? { ...base, behaviour: Float32Array.from(base.response, (_, i) => -3 - 0.5 * i) }
			: base;
	});
}

/** Five preference pairs of three prompts; chosen and rejected responses of lengths 1 to 9. */
export function fivePairs(): Trajectory[] {
	const prompts = [tokens(5, 1), tokens(3, 2), tokens(8, 3)];
	const lengths = [
		[4, 9],
		[2, 5],
		[7, 1],
		[3, 3],
		[1, 6],
	] as const;
	return lengths.flatMap((sides, pair) =>
		sides.map((length, side) =>
			trajectory(pair, prompts[pair % 3] as number[], [...tokens(length - 1, 2 * pair + side + 10), 2], {
				pair,
				correct: side === 0,
			}),
		),
	);
}
