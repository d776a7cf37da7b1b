import type { Verdict } from "./verdict.ts";

const normalise = (text: string): string => text.trim().replace(/\s+/g, " ");

/** Grades by equality with the reference once white space is trimmed and every run of it counts as one space. */
export function gradeExact(response: string, reference: string): Verdict {
	const extracted = normalise(response);
	if (extracted === "") return { correct: false, extracted: null, how: "none" };
	return { correct: extracted === normalise(reference), extracted, how: "exact" };
}
