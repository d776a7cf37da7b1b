import type { ModelRef } from "../contract/api-common.ts";
import type { Method } from "../contract/run.ts";
import type { ModelLookup } from "./context.ts";
import type { RunService } from "./runs/service.ts";

export interface ModelSources {
	readonly models: ModelLookup;
	readonly runs: RunService;
}

export interface SourceOfModel {
	readonly dir: string;
	readonly checkpoint: "best" | "last" | number;
	readonly label: string;
	/** Null for a model, as is the method that it was trained with. */
	readonly runId: string | null;
	readonly method: Method | null;
}

/** Where a model that can generate lies: its folder, and the checkpoint where it is a run. */
export function modelSource(ref: ModelRef, { models, runs }: ModelSources): SourceOfModel {
	if (ref.type === "model") {
		const { path, name } = models.resolve(ref.id);
		return { dir: path, checkpoint: "best", label: name, runId: null, method: null };
	}
	const { dir, config } = runs.entry(ref.id);
	const at = typeof ref.checkpoint === "number" ? `step ${ref.checkpoint}` : ref.checkpoint;
	return {
		dir,
		checkpoint: ref.checkpoint,
		label: `${runs.summary(ref.id).name}, ${at}`,
		runId: ref.id,
		method: config?.method ?? null,
	};
}
