import { AppError } from "../contract/errors.ts";
import type { StepMetrics } from "../contract/metrics.ts";
import type { Parameters } from "./adamw.ts";

/** Steps of a loss far above its usual level before the run is called diverged. */
const PATIENCE = 10;
/** How far above the best running mean a loss counts as far. */
const FACTOR = 1000;
/** A loss below this is as good as none: a step without a correct response has no error at first, and says nothing of a usual level. */
const LEAST_LEVEL = 0.1;

/** What the watchdog has seen; a run that is resumed goes on with it. */
export interface LossWatch {
	/** Lowest loss so far; null before the first step. */
	lowest: number | null;
	/** Steps in a row with a loss far above it. */
	high: number;
}

/** Stops a run whose numbers are lost, and says at which step and in which tensors. */
export class Watchdog {
	/** Changed in place by `check`. */
	readonly seen: LossWatch;

	constructor(seen: LossWatch = { lowest: null, high: 0 }) {
		this.seen = seen;
	}

	/** Throws `diverged` when a loss or a gradient is not finite, or a loss has run away. */
	check(step: number, metrics: Pick<StepMetrics, "policyLoss" | "valueLoss">, gradients: Parameters): void {
		const losses = { "policy loss": metrics.policyLoss, "value loss": metrics.valueLoss };
		const lost = Object.entries(losses).flatMap(([name, loss]) =>
			loss !== null && !Number.isFinite(loss) ? [name] : [],
		);
		const tensors = [...gradients].flatMap(([name, tensor]) => (allFinite(tensor) ? [] : [name]));
		if (lost.length > 0 || tensors.length > 0) throw diverged(step, lost, tensors);
		const total = (metrics.policyLoss ?? 0) + (metrics.valueLoss ?? 0);
		const { seen } = this;
		const lowest = Math.min(seen.lowest ?? Number.POSITIVE_INFINITY, total);
		seen.lowest = lowest;
		seen.high = total > FACTOR * Math.max(lowest, LEAST_LEVEL) ? seen.high + 1 : 0;
		if (seen.high >= PATIENCE)
			throw diverged(step, [`loss above ${FACTOR} times its lowest for ${PATIENCE} steps`], []);
	}
}

function allFinite(tensor: Float32Array): boolean {
	for (let i = 0; i < tensor.length; i++) if (!Number.isFinite(tensor[i] as number)) return false;
	return true;
}

function diverged(step: number, what: readonly string[], tensors: readonly string[]): AppError {
	const shown = tensors.slice(0, 5).join(", ");
	const more = tensors.length > 5 ? ` and ${tensors.length - 5} more` : "";
	const parts = [...what, ...(tensors.length > 0 ? [`gradients of ${shown}${more}`] : [])];
	return new AppError({
		code: "diverged",
		message: `Training diverged at step ${step}: ${parts.join("; ")} not finite or out of range.`,
		hint: "Lower the learning rate or the gradient clipping norm and resume from the last checkpoint, or start anew.",
		details: { step, tensors },
	});
}
