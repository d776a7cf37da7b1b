import type { ApiHandlers } from "../../contract/api.ts";
import { type Lookups, openDraft } from "./draft.ts";
import { type Starters, startDraft } from "./start.ts";

export type PlanServices = Lookups & Starters;

export function createPlanHandlers(services: PlanServices): Pick<ApiHandlers, "runs.start"> {
	return {
		"runs.start": async (draft) => startDraft(openDraft(draft, services.context, services), services),
	};
}
