import type { SweepConfig, SweepPlan } from "../../contract/sweep.ts";
import { makePlan } from "../../sweeps/plan.ts";

/** Settles a sweep: every run checked against its model and data, and its steps counted. Throws as `makePlan` does. */
export function planSweep({ config, cores }: { config: SweepConfig; cores: number }): Promise<SweepPlan> {
	return makePlan(config, cores);
}
