import { seeded, uniform } from "../../autodiff/testing/random.ts";
import type { Trajectory } from "./arrays.ts";

/** Trajectories of the given lengths with random numbers everywhere, their summed log importance ratios around 0. */
export function randomTrajectories(lengths: readonly number[], seed = 1): Trajectory[] {
	const random = seeded(seed);
	const draw = (count: number, from: number, to: number) => Array.from(uniform(random, count, from, to));
	return lengths.map((length) => ({
		logProbs: draw(length, -2, 0),
		referenceLogProbs: draw(length, -2, 0),
		behaviourLogProbs: draw(length, -2, 0),
		rewards: draw(length, -1, 1),
		values: draw(length, -1, 1),
	}));
}
