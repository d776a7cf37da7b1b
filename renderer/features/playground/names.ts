import type { ModelRef } from "../../../core/contract/api-common.ts";
import type { ModelEntry } from "../../../core/contract/api-models.ts";
import type { RunSummary } from "../../../core/contract/api-runs.ts";
import type { Question } from "./request.ts";

/** A model's name, or a run's with the checkpoint. */
export function targetName(
	ref: ModelRef,
	models: readonly ModelEntry[] | null,
	runs: readonly Pick<RunSummary, "id" | "name">[] | null,
): string {
	if (ref.type === "model") return models?.find(({ id }) => id === ref.id)?.name ?? ref.id;
	const name = runs?.find(({ id }) => id === ref.id)?.name ?? ref.id;
	return `${name}, ${typeof ref.checkpoint === "number" ? `step ${ref.checkpoint}` : ref.checkpoint}`;
}

/** How an answer was drawn: "greedy", "best of 8 by V, seed 3". */
export function decodingWords({ decoding, seed, n, beams }: Question): string {
	const seeded = `seed ${seed}`;
	switch (decoding) {
		case "greedy":
			return "greedy";
		case "sampled":
			return `sampled, ${seeded}`;
		case "best-of-n":
			return `best of ${n} by V, ${seeded}`;
		case "beam":
			return `${beams} beams of ${n} lines by V, ${seeded}`;
	}
}
