import { availableParallelism } from "node:os";
import type { DataEntry } from "../../contract/api-data.ts";
import type { ModelEntry } from "../../contract/api-models.ts";
import type { Draft } from "../../contract/api-runs.ts";
import { AppError } from "../../contract/errors.ts";
import { resolveRunConfig } from "../../contract/resolve.ts";
import type { RunConfig } from "../../contract/run.ts";
import type { AppContext, DataLookup, ModelLookup } from "../context.ts";

export interface Lookups {
	readonly data: DataLookup;
	readonly models: ModelLookup;
}

/** A draft with its model and data looked up. */
export interface OpenDraft {
	readonly draft: Draft;
	readonly model: ModelEntry;
	readonly data: DataEntry;
	readonly validation: DataEntry | null;
	/** Fields for `resolveRunConfig`, paths filled in. */
	readonly fields: Record<string, unknown>;
	readonly isSweep: boolean;
}

/** Throws AppError for an id that is not registered, or a model that cannot be trained. */
export function openDraft(draft: Draft, context: AppContext, { data, models }: Lookups): OpenDraft {
	const model = models.resolve(draft.modelId);
	if (model.refusal !== null) throw new AppError(model.refusal);
	const training = data.entry(draft.dataId);
	const validation = draft.validationDataId === null ? null : data.entry(draft.validationDataId);
	return {
		draft,
		model,
		data: training,
		validation,
		fields: {
			threads: defaultThreads(context),
			provider: context.settings().provider,
			...draft.fields,
			modelDir: model.path,
			dataPath: training.path,
			columns: training.columns,
			invalidRows: "skip",
			validationPath: validation?.path ?? null,
			validationColumns: validation?.columns ?? {},
		},
		isSweep: Object.keys(draft.space).length > 0,
	};
}

/** Throws `config-invalid` with `details.problems`. */
export function configOf({ fields }: OpenDraft): RunConfig {
	return resolveRunConfig(fields);
}

/** Runs at the same time share the cores; 0 takes all of them. */
function defaultThreads(context: AppContext): number {
	const { threads, maxParallel } = context.settings();
	if (threads > 0 || maxParallel === 1) return threads;
	return Math.max(1, Math.floor(availableParallelism() / maxParallel));
}
