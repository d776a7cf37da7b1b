import { trajectoriesPerItem } from "./batches.ts";
import type { DataShape, Lengths } from "./step-cost.ts";
import type { Trajectory } from "./trajectories.ts";

/** What an estimate needs to know of the data to train on. */
export function dataShapeOf(train: readonly Trajectory[]): DataShape {
	return {
		items: Math.ceil(train.length / trajectoriesPerItem(train)),
		prompts: new Set(train.map(({ promptKey }) => promptKey)).size,
		promptTokens: lengths(train, ({ prompt }) => prompt.length),
		responseTokens: lengths(train, ({ response }) => response.length),
	};
}

function lengths(train: readonly Trajectory[], of: (trajectory: Trajectory) => number): Lengths {
	let [sum, max] = [0, 0];
	for (const trajectory of train) {
		const length = of(trajectory);
		sum += length;
		max = Math.max(max, length);
	}
	return { mean: sum / Math.max(1, train.length), max };
}
