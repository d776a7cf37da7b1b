import { useEffect, useState } from "react";
import type { ApiInput, ApiMethod, ApiOutput } from "../../../core/contract/api.ts";
import { call } from "../../api/index.ts";

export interface Answer<T> {
	/** The newest answer; it stays while a new one is on its way. */
	readonly value: T | null;
	readonly error: unknown;
}

/** Asks a question anew whenever it changes or `version` does; a late answer to an old question is dropped. */
export function useAnswer<M extends ApiMethod>(
	method: M,
	input: ApiInput<M> | null,
	version: unknown = 0,
): Answer<ApiOutput<M>> {
	const [answer, setAnswer] = useState<Answer<ApiOutput<M>>>({ value: null, error: null });
	const question = input === null ? null : JSON.stringify(input);
	// biome-ignore lint/correctness/useExhaustiveDependencies: a new version asks the same question again.
	useEffect(() => {
		if (question === null) return;
		let current = true;
		call(method, JSON.parse(question) as ApiInput<M>).then(
			(value) => current && setAnswer({ value, error: null }),
			(error: unknown) => current && setAnswer((before) => ({ ...before, error })),
		);
		return () => {
			current = false;
		};
	}, [method, question, version]);
	return answer;
}
