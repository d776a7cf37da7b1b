import { useEffect, useState } from "react";
import type { RunDetail, RunSummary } from "../../../core/contract/api-runs.ts";
import { call } from "../../api/index.ts";
import { useStudio } from "../../app/store.ts";

/** Runs with a checkpoint, those of sweeps too, newest first; null until they are known. */
export function useExportRuns(): { runs: readonly RunSummary[] | null; error: unknown } {
	// Whatever saves or goes shows in one of these lists.
	const saved = useStudio(({ runs, sweeps }) =>
		[...(runs ?? []).map(({ id, lastSavedStep }) => id + lastSavedStep), sweeps?.map(({ id }) => id)].join(),
	);
	const [runs, setRuns] = useState<readonly RunSummary[] | null>(null);
	const [error, setError] = useState<unknown>(null);
	// biome-ignore lint/correctness/useExhaustiveDependencies: asked again when something was saved or went.
	useEffect(() => {
		let current = true;
		call("runs.list", {}).then(
			(list) => current && setRuns(list.runs.filter(({ lastSavedStep }) => lastSavedStep !== null)),
			(problem: unknown) => current && setError(problem),
		);
		return () => {
			current = false;
		};
	}, [saved]);
	return { runs, error };
}

/** A run's checkpoints and configuration; the last run's stay until the next are there. */
export function useRunDetail(id: string | undefined, savedStep: number | null | undefined): RunDetail | null {
	const [detail, setDetail] = useState<RunDetail | null>(null);
	// biome-ignore lint/correctness/useExhaustiveDependencies: a run that trains on gets more checkpoints.
	useEffect(() => {
		if (id === undefined) return;
		let current = true;
		call("runs.get", { id }).then(
			(found) => current && setDetail(found),
			() => {},
		);
		return () => {
			current = false;
		};
	}, [id, savedStep]);
	return detail?.summary.id === id ? detail : null;
}
