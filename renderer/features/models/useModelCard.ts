import { useEffect, useState } from "react";
import type { ModelCard, ModelEntry } from "../../../core/contract/api-models.ts";
import { call } from "../../api/index.ts";

/** What a model's folder tells of it, read anew when the model changed on disk; null while it is being read. */
export function useModelCard({ id, state }: ModelEntry): { card: ModelCard | null; error: unknown } {
	const [card, setCard] = useState<ModelCard | null>(null);
	const [error, setError] = useState<unknown>(null);
	// biome-ignore lint/correctness/useExhaustiveDependencies: `state` says that there is something else to read
	useEffect(() => {
		let current = true;
		call("models.card", { id }).then(
			(found) => {
				if (!current) return;
				setCard(found);
				setError(null);
			},
			(problem: unknown) => current && setError(problem),
		);
		return () => {
			current = false;
		};
	}, [id, state]);
	return { card, error };
}
