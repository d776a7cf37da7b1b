import type { ApiHandlers } from "../../contract/api.ts";
import { type Lookups, openDraft } from "./draft.ts";
import { dryRun } from "./dry-run.ts";
import type { PlanService } from "./service.ts";
import { type Starters, startDraft } from "./start.ts";

export interface PlanServices extends Lookups, Starters {
	readonly plans: PlanService;
}

type Own = "runs.plan" | "runs.start" | "runs.dryRun" | "runs.cancelDryRun";

export function createPlanHandlers(services: PlanServices): Pick<ApiHandlers, Own> {
	const { context, plans } = services;
	const { dryRuns } = plans;
	return {
		"runs.plan": (draft) => plans.plan(draft),
		"runs.start": async (draft) => startDraft(openDraft(draft, context, services), services),
		"runs.dryRun": async ({ requestId, draft }) => {
			const cancel = new AbortController();
			dryRuns.set(requestId, cancel);
			try {
				return await dryRun(draft, context, plans, cancel.signal);
			} finally {
				dryRuns.delete(requestId);
			}
		},
		"runs.cancelDryRun": async ({ requestId }) => {
			dryRuns.get(requestId)?.abort();
			return {};
		},
	};
}
