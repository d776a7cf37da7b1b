import { useEffect, useState } from "react";
import type { ModelRef } from "../../../core/contract/api-common.ts";
import type { RunDetail } from "../../../core/contract/api-runs.ts";
import { call } from "../../api/index.ts";
import { HAS_VALUE } from "../../app/methods.ts";
import { useStudio } from "../../app/store.ts";
import { usePlayground } from "./store.ts";

export interface Target {
	ref: ModelRef;
	/** The run that it is a checkpoint of, once read. */
	detail: RunDetail | null;
	hasValues: boolean;
}

/** The chosen models with what is known of their runs. */
export function useTargets(): Target[] {
	const refs = usePlayground(({ targets }) => targets);
	const runs = useStudio((s) => s.runs);
	const [details, setDetails] = useState<Readonly<Record<string, RunDetail>>>({});
	const ids = [...new Set(refs.flatMap((ref) => (ref.type === "run" ? [ref.id] : [])))].join("\n");
	// A run that trains saves further checkpoints.
	const saved = ids.split("\n").map((id) => runs?.find((run) => run.id === id)?.lastSavedStep);
	const savedKey = saved.join();
	// biome-ignore lint/correctness/useExhaustiveDependencies: a new checkpoint is what makes the answer another.
	useEffect(() => {
		let current = true;
		for (const id of ids.split("\n").filter(Boolean))
			call("runs.get", { id }).then(
				(detail) => current && setDetails((known) => ({ ...known, [id]: detail })),
				// Asking says what is wrong with it.
				() => {},
			);
		return () => {
			current = false;
		};
	}, [ids, savedKey]);
	return refs.map((ref) => {
		const detail = ref.type === "run" ? (details[ref.id] ?? null) : null;
		const method = detail?.summary.method;
		return { ref, detail, hasValues: method ? HAS_VALUE[method] : false };
	});
}
