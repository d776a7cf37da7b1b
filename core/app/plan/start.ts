import type { ApiOutput } from "../../contract/api.ts";
import { type SweepConfig, sweepConfigSchema } from "../../contract/sweep.ts";
import { expand } from "../../sweeps/expand.ts";
import type { AppContext } from "../context.ts";
import type { RunService } from "../runs/service.ts";
import type { SweepService } from "../sweeps/service.ts";
import { configOf, type OpenDraft } from "./draft.ts";

export interface Starters {
	readonly context: AppContext;
	readonly runs: RunService;
	readonly sweeps: SweepService;
}

/** Queues a draft: one run, or a sweep. Throws `config-invalid` with `details.problems`. */
export function startDraft(open: OpenDraft, { context, runs, sweeps }: Starters): ApiOutput<"runs.start"> {
	const { draft, model, data } = open;
	const names = { modelName: model.name, dataName: data.name };
	if (open.isSweep) {
		const config = sweepConfigOf(open, context);
		const first = expand(config)[0]?.config;
		const name = draft.name ?? `${(first?.method ?? "dqo").toUpperCase()} sweep on ${data.name}`;
		return { type: "sweep", id: sweeps.create({ name, ...names, config }) };
	}
	const config = configOf(open);
	const name = draft.name ?? `${config.method.toUpperCase()} on ${data.name}`;
	return {
		type: "run",
		id: runs.create({ config, name, modelId: model.id, dataId: data.id, ...names }, true),
	};
}

/** The sweep that a draft describes. */
export function sweepConfigOf({ draft, fields }: OpenDraft, context: AppContext): SweepConfig {
	const { method, trials, minSteps, reduction, seed, objective } = draft.search;
	return sweepConfigSchema.parse({
		base: fields,
		method,
		space: draft.space,
		trials: method === "grid" ? null : trials,
		maxParallel: context.settings().maxParallel,
		seed,
		asha: method === "asha" && minSteps !== null ? { minSteps, reduction } : null,
		objective,
	});
}
