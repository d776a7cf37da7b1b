import type { ModelRef } from "../../../core/contract/api-common.ts";
import type { ModelEntry } from "../../../core/contract/api-models.ts";
import type { RunSummary } from "../../../core/contract/api-runs.ts";
import { METHOD_LABELS } from "../../app/words.ts";
import * as format from "../../ui/format.ts";

/** A model or a run to choose, with what tells it from the others. */
export interface ModelOption {
	/** `model:ID` or `run:ID`. */
	readonly value: string;
	readonly label: string;
	/** How and on what it was trained. */
	readonly detail: string;
	/** Its result on held-out problems. */
	readonly metric: string;
}

/** What can answer: models, then runs with a checkpoint, newest first, those of sweeps among them. */
export function modelOptions(models: readonly ModelEntry[], runs: readonly RunSummary[]): ModelOption[] {
	return [
		...models
			.filter(({ state }) => state === "ready")
			.map(({ id, name, builtIn }) => ({
				value: `model:${id}`,
				label: name,
				detail: builtIn ? "built-in model" : "model",
				metric: "",
			})),
		...runs.filter(({ lastSavedStep }) => lastSavedStep !== null).map(runOption),
	];
}

function runOption(run: RunSummary): ModelOption {
	const { id, name, method, dataName, modelName, bestAccuracy, heldOutLoss } = run;
	const metric =
		bestAccuracy !== null
			? format.percent(bestAccuracy)
			: heldOutLoss !== null
				? `loss ${format.fixed(heldOutLoss, 3)}`
				: "";
	const detail = `${method === null ? "" : `${METHOD_LABELS[method]} `}on ${dataName}, from ${modelName}`;
	return { value: `run:${id}`, label: name, detail, metric };
}

/** The best checkpoint of a run, or a model. */
export function refOf(value: string): ModelRef {
	const id = value.slice(value.indexOf(":") + 1);
	return value.startsWith("model:") ? { type: "model", id } : { type: "run", id, checkpoint: "best" };
}

/** Options that hold every word of what was typed. */
export function matching(options: readonly ModelOption[], typed: string): ModelOption[] {
	const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
	return options.filter(({ label, detail, metric }) => {
		const text = `${label} ${detail} ${metric}`.toLowerCase();
		return words.every((word) => text.includes(word));
	});
}
