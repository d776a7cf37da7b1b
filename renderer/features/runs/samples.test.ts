import { expect, test } from "vitest";
import { rowToShow, shortReference } from "./sample-words.ts";

const samples = [
	{ row: 4, correct: true },
	{ row: 7, correct: false },
	{ row: 9, correct: false },
];

test("the problem on show stays over evaluations", () => {
	expect(rowToShow(samples, 9)).toBe(9);
});

test("at first a wrong answer is shown, else the first", () => {
	expect(rowToShow(samples, null)).toBe(7);
	expect(rowToShow(samples, 99)).toBe(7);
	expect(rowToShow([{ row: 1, correct: true }], null)).toBe(1);
	expect(rowToShow([], null)).toBeNull();
});

test("a reference solution is shortened to its answer", () => {
	expect(shortReference("6+2=8\n8+6=14\n#### 14")).toBe("14");
	expect(shortReference("So it is 5.")).toBe("So it is 5.");
	expect(shortReference(null)).toBe("n/a");
});
