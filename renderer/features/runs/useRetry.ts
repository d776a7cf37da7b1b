import { useEffect, useState } from "react";
import type { ApiInput, ApiOutput } from "../../../core/contract/api.ts";
import { call, onPush } from "../../api/index.ts";

type Input = ApiInput<"values.retry">;
export type RetryFrom = Omit<Input, "n" | "seed" | "requestId"> & { line: number };

/** As many as the paper samples for a prefix. */
export const COMPLETIONS = 20;

export interface Retry {
	readonly result: ApiOutput<"values.retry"> | null;
	readonly error: unknown;
	/** Null until the model is loaded; `startedAt` is when the first tokens came. */
	readonly progress: { readonly done: number; readonly total: number; readonly startedAt: number } | null;
}

const NOTHING: Retry = { result: null, error: null, progress: null };

/** Samples completions of the lines before one; leaving stops what is still being written. */
export function useRetry(from: RetryFrom): Retry {
	const [retry, setRetry] = useState(NOTHING);
	useEffect(() => {
		const requestId = crypto.randomUUID();
		const { line, ...input } = from;
		let over = false;
		const change = (part: (before: Retry) => Partial<Retry>) => {
			if (!over) setRetry((before) => ({ ...before, ...part(before) }));
		};
		setRetry(NOTHING);
		const endPush = onPush((push) => {
			if (push.type !== "retry" || push.requestId !== requestId) return;
			const { done, total } = push;
			change(({ progress }) => ({ progress: { done, total, startedAt: progress?.startedAt ?? Date.now() } }));
		});
		call("values.retry", { ...input, requestId, n: COMPLETIONS, seed: line }).then(
			(result) => change(() => ({ result })),
			(error: unknown) => change(() => ({ error })),
		);
		return () => {
			over = true;
			endPush();
			// One that is whole already has nothing to stop.
			call("values.cancel", { requestId }).catch(() => {});
		};
	}, [from]);
	return retry;
}
