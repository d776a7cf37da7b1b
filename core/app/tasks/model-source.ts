import type { ModelRef } from "../../contract/api-common.ts";
import type { ModelLookup } from "../context.ts";
import type { RunService } from "../runs/service.ts";

export interface ModelSources {
	readonly models: ModelLookup;
	readonly runs: RunService;
}

/** Where a model that can generate lies: its folder, and the checkpoint where it is a run. */
export function modelSource(
	ref: ModelRef,
	{ models, runs }: ModelSources,
): { dir: string; checkpoint: "best" | "last" | number; label: string; runId: string | null } {
	if (ref.type === "model") {
		const { path, name } = models.resolve(ref.id);
		return { dir: path, checkpoint: "best", label: name, runId: null };
	}
	const { dir } = runs.entry(ref.id);
	const at = typeof ref.checkpoint === "number" ? `step ${ref.checkpoint}` : ref.checkpoint;
	return {
		dir,
		checkpoint: ref.checkpoint,
		label: `${runs.summary(ref.id).name}, ${at}`,
		runId: ref.id,
	};
}
