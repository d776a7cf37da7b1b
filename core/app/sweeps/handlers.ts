import type { ApiHandlers } from "../../contract/api.ts";
import type { SweepDetail } from "../../contract/api-sweeps.ts";
import { topTwo } from "../compare/held-out.ts";
import type { RunService } from "../runs/service.ts";
import type { SweepService } from "./service.ts";
import { importanceOf, type TrialView } from "./trials.ts";

type Own = Extract<keyof ApiHandlers, `sweeps.${string}`>;

export function createSweepHandlers(sweeps: SweepService, runs: RunService): Pick<ApiHandlers, Own> {
	return {
		"sweeps.list": async () => ({ sweeps: await sweeps.list() }),
		"sweeps.get": ({ id }) => detail(sweeps, runs, id),
		"sweeps.control": async ({ id, action }) => {
			sweeps.control(id, action);
			return {};
		},
		"sweeps.resume": async ({ id }) => {
			sweeps.resume(id);
			return {};
		},
		"sweeps.rename": async ({ id, name }) => {
			sweeps.rename(id, name);
			return {};
		},
		"sweeps.remove": async ({ id }) => {
			await sweeps.remove(id);
			return {};
		},
	};
}

async function detail(sweeps: SweepService, runs: RunService, id: string): Promise<SweepDetail> {
	const entry = await sweeps.read(id);
	const trials = entry.trials(runs, sweeps.isQueued(id));
	const [a, b] = trials.filter(({ score, status }) => score !== null && status !== "failed");
	return {
		summary: sweeps.summary(id),
		dir: entry.dir,
		config: entry.config,
		trials: trials.map(sweepTrial),
		...importanceOf(trials),
		topTwo: a !== undefined && b !== undefined ? await topTwo(runs, a.runId, b.runId) : null,
		test: a === undefined ? null : entry.store.readTest(a.trial),
		notes: entry.plan?.notes ?? [],
	};
}

function sweepTrial({ baseAccuracy: _, secondsPerStep: __, ...trial }: TrialView) {
	return trial;
}
