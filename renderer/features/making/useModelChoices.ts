import type { ModelRef } from "../../../core/contract/api-common.ts";
import { familyName } from "../../../core/contract/families.ts";
import { useStudio } from "../../app/store.ts";
import * as format from "../../ui/format.ts";
import { useAnswer } from "../shared/useAnswer.ts";

export interface ModelChoice {
	readonly key: string;
	readonly label: string;
	readonly detail: string;
	readonly model: ModelRef;
	readonly builtIn: boolean;
}

/** What can answer: the registered models, then the best and the last checkpoints of runs and of sweeps' trials. */
export function useModelChoices(): readonly ModelChoice[] {
	const models = useStudio((state) => state.models);
	const { value } = useAnswer("runs.list", {});
	const known = (models ?? [])
		.filter(({ state }) => state === "ready")
		.map(
			({ id, name, family, builtIn }): ModelChoice => ({
				key: `model:${id}`,
				label: name,
				detail: `${builtIn ? "built-in model" : "model"}, ${familyName(family)}`,
				model: { type: "model", id },
				builtIn,
			}),
		);
	const trained = (value?.runs ?? []).flatMap((run): ModelChoice[] => {
		if (run.lastSavedStep === null) return [];
		const choice = (checkpoint: "best" | "last", detail: string): ModelChoice => ({
			key: `run:${run.id}:${checkpoint}`,
			label: run.name,
			detail,
			model: { type: "run", id: run.id, checkpoint },
			builtIn: false,
		});
		const last = choice("last", `last checkpoint, step ${format.count(run.lastSavedStep)}`);
		if (run.bestStep === null || run.bestStep === run.lastSavedStep) return [last];
		return [choice("best", `best checkpoint, step ${format.count(run.bestStep)}`), last];
	});
	return [...known, ...trained];
}
