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
		if (lost.length > 0 || tensors.length > 0) throw diverged(step, notFinite(lost, tensors), tensors);
		const total = (metrics.policyLoss ?? 0) + (metrics.valueLoss ?? 0);
		const { seen } = this;
		const lowest = Math.min(seen.lowest ?? Number.POSITIVE_INFINITY, total);
		seen.lowest = lowest;
		seen.high = total > FACTOR * Math.max(lowest, LEAST_LEVEL) ? seen.high + 1 : 0;
		if (seen.high >= PATIENCE)
			throw diverged(step, `the loss was above ${FACTOR} times its lowest for ${PATIENCE} steps`, []);
	}
}

function allFinite(tensor: Float32Array): boolean {
	for (let i = 0; i < tensor.length; i++) if (!Number.isFinite(tensor[i] as number)) return false;
	return true;
}

function notFinite(losses: readonly string[], tensors: readonly string[]): string {
	const [first] = tensors;
	const gradients =
		tensors.length === 1
			? `the gradient of ${first}`
			: `${tensors.length} gradients (the first that of ${first})`;
	const parts = [...losses.map((name) => `the ${name}`), ...(first === undefined ? [] : [gradients])];
	const are = parts.length === 1 && tensors.length <= 1 ? "is" : "are";
	return `${new Intl.ListFormat("en").format(parts)} ${are} no longer finite`;
}

function diverged(step: number, what: string, tensors: readonly string[]): AppError {
	return new AppError({
		code: "diverged",
		message: `Training diverged at step ${step}: ${what}.`,
		hint: "Lower the learning rate or the gradient clipping norm and resume from the last checkpoint, or start anew.",
		details: { step, tensors },
	});
}
