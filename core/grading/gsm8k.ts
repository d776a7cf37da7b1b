import { canonicalDecimal } from "./decimal.ts";
import type { Outcome, Verdict } from "./verdict.ts";

/** A GSM8K verdict with both readings of the answer, as both are usually reported. */
export interface Gsm8kVerdict extends Verdict {
	strict: Outcome;
	flexible: Outcome;
}

/** The answer after the first `####`, or null. */
export function extractStrict(text: string): string | null {
	return /#### (-?[0-9.,]+)/.exec(text)?.[1] ?? null;
}

/** The last number-like run anywhere in the text, or null. */
export function extractFlexible(text: string): string | null {
	let last: string | null = null;
	for (const match of text.matchAll(/(-?[$0-9.,]{2,})|(-?[0-9]+)/g)) last = match[0];
	return last;
}

/**
 * Grades a GSM8K response against a reference that is a full GSM8K solution (ending `#### N` or `A: N`) or a bare
 * number. The verdict is the strict reading's when the response has one, otherwise the flexible reading's.
 */
export function gradeGsm8k(response: string, reference: string): Gsm8kVerdict {
	const written = extractStrict(reference) ?? extractFlexible(reference);
	const expected = written === null ? null : canonicalDecimal(written);
	const judge = (extracted: string | null): Outcome => ({
		correct: extracted !== null && expected !== null && canonicalDecimal(extracted) === expected,
		extracted,
	});
	const strict = judge(extractStrict(response));
	const flexible = judge(extractFlexible(response));
	if (strict.extracted !== null) return { ...strict, how: "strict", strict, flexible };
	if (flexible.extracted !== null) return { ...flexible, how: "flexible", strict, flexible };
	return { correct: false, extracted: null, how: "none", strict, flexible };
}
