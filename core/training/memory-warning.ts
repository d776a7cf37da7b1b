import { availableParallelism, freemem } from "node:os";
import type { EventBody } from "../contract/events.ts";
import type { Provider } from "../contract/provider.ts";
import type { RunConfig } from "../contract/run.ts";
import { dataShapeOf } from "./data-shape.ts";
import { type EstimateInput, estimate, largestMicroTokens } from "./estimate.ts";
import type { Prepared } from "./prepare.ts";
import { parameterCount } from "./step-cost.ts";

/** Smaller models fit wherever the program itself does, and building their graphs to measure them would take longer than a step. */
const LEAST_NUMBERS = 30_000_000;

/**
 * The warning of a run that is about to start and is estimated to take more memory than is free, with the largest micro-batch
 * that fits; null where it fits, where the model is small, and where a device of its own computes, whose memory we do not know.
 */
export function memoryWarning(
	{ model, train, heldOut, heldOutPrompts }: Pick<Prepared, "model" | "train" | "heldOut" | "heldOutPrompts">,
	run: RunConfig,
	provider: Provider,
	freeBytes = freeMemory(),
): Extract<EventBody, { type: "warning" }> | null {
	if (provider !== "cpu" || parameterCount(model.config) < LEAST_NUMBERS) return null;
	const input: EstimateInput = {
		...{ model: model.config, run, provider, data: dataShapeOf(train), cores: availableParallelism() },
		heldOut: { items: heldOut.length, prompts: heldOutPrompts.length },
	};
	const { totalBytes } = estimate(input).memory;
	if (totalBytes <= freeBytes) return null;
	const fits = largestMicroTokens(input, freeBytes);
	const smaller =
		fits !== null && fits < run.microTokens
			? `Set microTokens to ${fits}, the largest that fits; the result stays the same.`
			: "No smaller microTokens makes it fit: train an adapter, share the value function, shorten responses, or take a smaller model.";
	return {
		type: "warning",
		code: "memory-short",
		message: `This run is estimated to take ${gigabytes(totalBytes)} of memory; ${gigabytes(freeBytes)} are free.`,
		hint: `${smaller} ${run.recompute ? "" : "Recompute (--recompute) halves the activations. "}Should memory run out, the micro-batch is halved on the way.`,
	};
}

/** Bytes that the system can still give, its caches counted; in a container what is left of its limit. */
function freeMemory(): number {
	const { availableMemory } = process as { availableMemory?: () => number };
	return availableMemory?.() ?? freemem();
}

const gigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
