import { expect, test } from "vitest";
import { byWinner, type Problem, pairCounts, winnerOf } from "./problems.ts";

const problem = (row: number, ...marks: boolean[]): Problem => ({
	...{ row, prompt: `p${row}`, reference: null },
	answers: marks.map((correct) => ({ correct, extracted: null, response: "" })),
});

test("the two chosen sides decide, whatever the others say", () => {
	expect(winnerOf(problem(0, true, false, true), 0, 1)).toBe("a");
	expect(winnerOf(problem(0, true, false, true), 1, 2)).toBe("b");
	expect(winnerOf(problem(0, true, false, true), 0, 2)).toBe("both");
	expect(winnerOf(problem(0, false, false, true), 0, 1)).toBe("neither");
});

test("problems are grouped and counted alike", () => {
	const problems = [
		problem(0, true, false),
		problem(1, false, true),
		problem(2, true, true),
		problem(3, false, false),
	];
	const groups = byWinner(problems, 0, 1);
	expect(Object.values(groups).map((group) => group.map(({ row }) => row))).toEqual([[0], [1], [2], [3]]);
	const side = {
		id: "",
		label: "",
		step: null,
		correct: 2,
		accuracy: 0.5,
		interval: [0, 1] as [number, number],
	};
	const pair = { a: 0, b: 1, onlyA: 1, onlyB: 1, difference: 0, interval: [0, 0] as [number, number], p: 1 };
	expect(pairCounts({ n: 4, sides: [side, side] }, pair)).toEqual({ a: 1, b: 1, both: 1, neither: 1 });
});
