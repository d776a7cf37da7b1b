import type { Parameters } from "./adamw.ts";

/**
 * The factor on the loss that keeps small gradients from vanishing in half precision, as in Micikevicius et al. 2018,
 * "Mixed Precision Training", section 3.2; sizes and intervals are those of PyTorch's GradScaler.
 */
export interface LossScale {
	readonly scale: number;
	/** Steps without an overflow since the scale last changed. */
	readonly goodSteps: number;
}

export const INITIAL_LOSS_SCALE: LossScale = { scale: 2 ** 16, goodSteps: 0 };
const GROWTH_STEPS = 2000;
/** Larger ones no gradient needs. */
const MAX_SCALE = 2 ** 24;

/** The scale of the next step: halved after an overflow, doubled after many steps without one. */
export function nextLossScale({ scale, goodSteps }: LossScale, finite: boolean): LossScale {
	if (!finite) return { scale: Math.max(1, scale / 2), goodSteps: 0 };
	if (goodSteps + 1 < GROWTH_STEPS) return { scale, goodSteps: goodSteps + 1 };
	return { scale: Math.min(MAX_SCALE, 2 * scale), goodSteps: 0 };
}

/** Divides gradients by the scale, in place; says whether all of them are finite. */
export function unscale(gradients: Parameters, scale: number): boolean {
	let finite = true;
	for (const tensor of gradients.values()) {
		for (let i = 0; i < tensor.length; i++) {
			const gradient = (tensor[i] as number) / scale;
			if (!Number.isFinite(gradient)) finite = false;
			tensor[i] = gradient;
		}
	}
	return finite;
}
