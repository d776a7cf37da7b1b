import type { RunConfig } from "../contract/run.ts";

/**
 * Factor on the peak learning rate at update `step` (from 1) of `total`: a linear warm-up, then held, or lowered to
 * zero along a cosine.
 */
export function learningRateFactor(
	step: number,
	total: number,
	config: Pick<RunConfig, "schedule" | "warmupSteps">,
): number {
	const warmup = Math.min(config.warmupSteps, total);
	if (step <= warmup) return step / warmup;
	if (config.schedule === "constant") return 1;
	const progress = (step - warmup) / Math.max(1, total - warmup);
	return 0.5 * (1 + Math.cos(Math.PI * Math.min(1, progress)));
}
