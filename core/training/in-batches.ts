import { AppError } from "../contract/errors.ts";
import { type BatchOptions, type MicroBatch, microBatches, trajectoriesPerItem } from "./batches.ts";
import type { Trajectory } from "./trajectories.ts";

/** How many padded tokens run at once. It is halved when memory runs out, and stays so. */
export class MicroBudget {
	#tokens: number;
	readonly #onHalved: (from: number, tokens: number) => void;

	constructor(tokens: number, onHalved: (from: number, tokens: number) => void = () => {}) {
		this.#tokens = tokens;
		this.#onHalved = onHalved;
	}

	get tokens(): number {
		return this.#tokens;
	}

	/** Takes half of a batch that did not fit, whose tokens may have been fewer than were allowed. */
	halve(batchTokens: number): void {
		this.lower(Math.max(1, Math.floor(Math.min(this.#tokens, batchTokens) / 2)));
	}

	lower(tokens: number): void {
		const from = this.#tokens;
		this.#tokens = tokens;
		this.#onHalved(from, tokens);
	}
}

export interface Packing extends Omit<BatchOptions, "microTokens"> {
	readonly budget: MicroBudget;
}

/**
 * Packs trajectories into micro-batches, computes each and hands on what came out. Where memory does not suffice for one,
 * what is left is packed anew into smaller ones: nothing that was handed on is lost or handed on twice, and sums over
 * trajectories stay what they were. Throws `out-of-memory` when not even a single response (a pair where data are pairs) fits.
 */
export async function inBatches<T>(
	trajectories: readonly Trajectory[],
	{ budget, ...packing }: Packing,
	compute: (batch: MicroBatch) => Promise<T>,
	take: (batch: MicroBatch, result: T) => void,
): Promise<void> {
	const pack = (left: readonly Trajectory[]) =>
		microBatches(left, { ...packing, microTokens: budget.tokens });
	let waiting = pack(trajectories);
	for (let batch = waiting[0]; batch !== undefined; batch = waiting[0]) {
		let result: T;
		try {
			result = await compute(batch);
		} catch (error) {
			if (!(error instanceof AppError) || error.code !== "out-of-memory") throw error;
			const own = trajectoriesOf(batch);
			if (own.length <= trajectoriesPerItem(own)) throw nothingFits(error, batch);
			budget.halve(tokensOf(batch));
			waiting = pack(waiting.flatMap(trajectoriesOf));
			continue;
		}
		take(batch, result);
		waiting.shift();
	}
}

const trajectoriesOf = ({ slots }: MicroBatch): Trajectory[] => slots.filter((slot) => slot !== null);

function tokensOf({ P, K, T, feeds }: MicroBatch): number {
	return P * ((feeds.prompt_ids?.shape[1] ?? 0) + K * T);
}

function nothingFits(cause: AppError, batch: MicroBatch): AppError {
	const { length } = trajectoriesOf(batch);
	return new AppError(
		{
			code: "out-of-memory",
			message: `There is not enough memory for even ${length === 1 ? "one response" : "one pair"} at a time (${tokensOf(batch)} tokens). ${cause.message}`,
			hint: "Lower maxResponseTokens or maxPromptTokens, turn recompute on, train an adapter instead of every weight, take a smaller model, or close other programs.",
		},
		{ cause },
	);
}
