import type { SweepPlan } from "../contract/sweep.ts";

export interface SweepProgressReport {
	readonly stepsDone: number;
	readonly stepsTotal: number;
	/** Null before the first step of this start. */
	readonly secondsLeft: number | null;
}

/** Counts optimiser steps over all runs of a sweep and foresees its end. */
export class SweepProgress {
	private readonly plan: SweepPlan;
	private readonly report: (report: SweepProgressReport) => void;
	private readonly now: () => number;
	private readonly steps = new Map<string, number>();
	private startSteps = 0;
	private startedAt = 0;

	constructor(
		plan: SweepPlan,
		report: (report: SweepProgressReport) => void,
		now: () => number = () => performance.now(),
	) {
		this.plan = plan;
		this.report = report;
		this.now = now;
	}

	/** `done` says how far each trial was before this start. */
	begin(done: readonly (readonly [string, number])[]): void {
		for (const [trial, steps] of done) this.steps.set(trial, steps);
		this.startSteps = this.stepsDone;
		this.startedAt = this.now();
	}

	step(trial: string, step: number): void {
		const known = this.steps.get(trial) ?? 0;
		this.steps.set(trial, Math.max(known, step));
		const [done, total] = [this.stepsDone, this.plan.totalSteps];
		const made = done - this.startSteps;
		const seconds = (this.now() - this.startedAt) / 1000;
		const secondsLeft = made > 0 ? (Math.max(0, total - done) * seconds) / made : null;
		this.report({ stepsDone: done, stepsTotal: total, secondsLeft });
	}

	private get stepsDone(): number {
		return [...this.steps.values()].reduce((sum, n) => sum + n, 0);
	}
}
