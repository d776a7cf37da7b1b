import { useEffect, useState } from "react";
import type { ApiInput, ApiOutput } from "../../../core/contract/api.ts";
import { call } from "../../api/index.ts";

export type Checkpoint = ApiInput<"exports.formats">["checkpoint"];

/** What a checkpoint can be exported as; the last answer stays while the next comes. */
export function useFormats(runId: string | undefined, checkpoint: Checkpoint, parentDir: string | null) {
	const [found, setFound] = useState<ApiOutput<"exports.formats"> | null>(null);
	const [error, setError] = useState<unknown>(null);
	const [loading, setLoading] = useState(true);
	useEffect(() => {
		if (runId === undefined) return;
		let current = true;
		setLoading(true);
		call("exports.formats", { runId, checkpoint, parentDir })
			.then(
				(answer) => {
					if (!current) return;
					setFound(answer);
					setError(null);
				},
				(problem: unknown) => current && setError(problem),
			)
			.finally(() => current && setLoading(false));
		return () => {
			current = false;
		};
	}, [runId, checkpoint, parentDir]);
	return { found, error, loading };
}
