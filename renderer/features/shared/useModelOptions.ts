import { useMemo } from "react";
import type { RunSummary } from "../../../core/contract/api-runs.ts";
import { useStudio } from "../../app/store.ts";
import { type ModelOption, modelOptions } from "./model-options.ts";
import { useAnswer } from "./useAnswer.ts";

/** Every run, those of sweeps too; asked for anew when one has saved a checkpoint. */
export function useAllRuns(): readonly RunSummary[] {
	const saved = useStudio(({ runs, sweeps }) =>
		[
			...(runs ?? []).map(({ id, lastSavedStep }) => `${id} ${lastSavedStep}`),
			...(sweeps ?? []).map(({ id, stepsDone }) => `${id} ${stepsDone}`),
		].join("\n"),
	);
	return useAnswer("runs.list", {}, saved).value?.runs ?? NONE;
}

const NONE: readonly RunSummary[] = [];

/** Models and runs that can answer. */
export function useModelOptions(): readonly ModelOption[] {
	const models = useStudio((state) => state.models);
	const runs = useAllRuns();
	return useMemo(() => modelOptions(models ?? [], runs), [models, runs]);
}
