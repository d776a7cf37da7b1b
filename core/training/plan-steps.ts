import type { RunConfig } from "../contract/run.ts";
import { losses } from "../losses/index.ts";
import { trajectoriesPerItem } from "./batches.ts";
import type { Trajectory } from "./trajectories.ts";

export interface StepPlan {
	readonly stepsPerEpoch: number;
	/** Steps in which the value function alone learns; they come first. */
	readonly warmupSteps: number;
	/** Steps of all epochs; learning-rate schedules run over these even when `maxSteps` ends the run earlier. */
	readonly plannedSteps: number;
	readonly totalSteps: number;
}

/** How many optimiser steps a run makes, known from its data before the first. */
export function planSteps(config: RunConfig, trajectories: readonly Trajectory[]): StepPlan {
	const stepsPerEpoch = Math.ceil(
		trajectories.length / (config.globalBatch * trajectoriesPerItem(trajectories)),
	);
	const warmupEpochs = losses[config.method].needsValue ? config.valueWarmupEpochs : 0;
	const warmupSteps = Math.round(warmupEpochs * stepsPerEpoch);
	const plannedSteps = warmupSteps + Math.max(1, Math.round(config.epochs * stepsPerEpoch));
	const totalSteps = Math.min(plannedSteps, config.maxSteps ?? plannedSteps);
	return { stepsPerEpoch, warmupSteps, plannedSteps, totalSteps };
}
