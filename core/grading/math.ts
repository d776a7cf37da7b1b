import { lastBoxed } from "./math/boxed.ts";
import { equivalentAnswers } from "./math/equivalent.ts";
import type { Verdict } from "./verdict.ts";

/**
 * Grades a MATH response by its last boxed answer, against a reference that is a full solution with a boxed answer or
 * the bare answer.
 */
export function gradeMath(response: string, reference: string): Verdict {
	const extracted = lastBoxed(response);
	if (extracted === null) return { correct: false, extracted, how: "none" };
	return {
		correct: equivalentAnswers(extracted, lastBoxed(reference) ?? reference),
		extracted,
		how: "boxed",
	};
}
