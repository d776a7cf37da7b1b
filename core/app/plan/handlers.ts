import type { ApiHandlers } from "../../contract/api.ts";
import type { AppContext } from "../context.ts";
import type { RunService } from "../runs/service.ts";
import { configOf, type Lookups, type OpenDraft, openDraft } from "./draft.ts";

export interface PlanServices extends Lookups {
	readonly context: AppContext;
	readonly runs: RunService;
}

export function createPlanHandlers(services: PlanServices): Pick<ApiHandlers, "runs.start"> {
	return {
		"runs.start": async (draft) => {
			const open = openDraft(draft, services.context, services);
			return { type: "run", id: startRun(services.runs, open) };
		},
	};
}

function startRun(runs: RunService, open: OpenDraft): string {
	const { draft, model, data } = open;
	const config = configOf(open);
	const name = draft.name ?? `${config.method.toUpperCase()} on ${data.name}`;
	return runs.create(
		{ config, name, modelId: model.id, modelName: model.name, dataId: data.id, dataName: data.name },
		true,
	);
}
