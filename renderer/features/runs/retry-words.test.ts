import { expect, test } from "vitest";
import { completionVerdict, retryProgress, retryResult } from "./retry-words.ts";

const graded = { text: "#### 14", correct: true, extracted: "14" };
const ungraded = { text: "Fourteen.", correct: null, extracted: null };

test("completions that were not graded have no verdict and no count of correct ones", () => {
	expect(completionVerdict(ungraded)).toBeNull();
	expect(retryResult({ completions: [ungraded, ungraded], correct: null })).toMatch(
		/^2 completions, not graded/,
	);
});

test("verdicts are words, with the answer that was found", () => {
	expect(completionVerdict(graded)).toBe("Correct: 14");
	expect(completionVerdict({ text: "", correct: false, extracted: null })).toBe("Wrong: no answer");
	expect(retryResult({ completions: [graded, graded], correct: 1 })).toBe("1 of 2 completions end correct.");
});

test("the time left is that of those not yet written, once one is", () => {
	expect(retryProgress(0, 20, 900)).toBe("0 of 20 written");
	expect(retryProgress(5, 20, 1000)).toBe("5 of 20 written, about 3.0 s left");
	expect(retryProgress(20, 20, 4000)).toBe("20 of 20 written");
});
