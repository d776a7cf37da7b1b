/** What one way of reading the answer gave. */
export interface Outcome {
	correct: boolean;
	/** The answer as written in the response, or null when none was found. */
	extracted: string | null;
}

/** The result of grading one response. */
export interface Verdict extends Outcome {
	how: "strict" | "flexible" | "boxed" | "exact" | "none";
}
