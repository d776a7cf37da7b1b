import { describe, expect, it } from "vitest";
import { auc, aucWithin } from "./held-out.ts";

const right = (...values: number[]) => values.map((value) => ({ correct: true, value }));
const wrong = (...values: number[]) => values.map((value) => ({ correct: false, value }));

describe("auc", () => {
	it("is 1 where every correct response has the higher value, 0 where the lower, a half where all are equal", () => {
		expect(auc([...right(3, 2), ...wrong(1, 0)])).toBe(1);
		expect(auc([...right(0, 1), ...wrong(2, 3)])).toBe(0);
		expect(auc([...right(1, 1, 1), ...wrong(1, 1)])).toBe(0.5);
	});

	it("counts the pairs that are in order, ties for half", () => {
		// Pairs of right (5, 2, 2) and wrong (2, 3): 5>2, 5>3, 2=2, 2<3, 2=2, 2<3.
		expect(auc([...right(5, 2, 2), ...wrong(2, 3)])).toBeCloseTo(3 / 6, 12);
		const scores = [...right(0.1, 0.4, 0.4, 0.9, -1), ...wrong(0.2, 0.4, -1, 0)];
		const pairs = scores
			.filter((s) => s.correct)
			.flatMap((p) => scores.filter((s) => !s.correct).map((n) => Math.sign(p.value - n.value) / 2 + 0.5));
		expect(auc(scores)).toBeCloseTo(pairs.reduce((a, b) => a + b, 0) / pairs.length, 12);
	});

	it("leaves out responses that nothing is known about, and needs both kinds", () => {
		const open = [{ correct: null, value: 7 }];
		expect(auc([...open, ...right(1), ...wrong(0)])).toBe(1);
		expect(auc([...open, ...right(1, 2)])).toBeNull();
		expect(auc([...open, ...wrong(1, 2)])).toBeNull();
		expect(auc([])).toBeNull();
	});
});

describe("aucWithin", () => {
	const of = (group: string, scores: { correct: boolean | null; value: number }[]) =>
		scores.map((score) => ({ ...score, group }));

	it("compares responses to one prompt alone, each pair counting once", () => {
		// Easy prompt: 0.9 > 0.8, 0.7 < 0.8: 1 of 2. Hard prompt: 0.3 > 0.1, 0.3 > 0.2, 0.3 = 0.3: 2.5 of 3. Together 3.5 of 5.
		const easy = of("easy", [...right(0.9, 0.7), ...wrong(0.8)]);
		const hard = of("hard", [...right(0.3), ...wrong(0.1, 0.2, 0.3)]);
		expect(aucWithin([...easy, ...hard])).toBeCloseTo(3.5 / 5, 12);
		// Pooled, 0.9 beats all 4 wrong ones, 0.7 all but 0.8, and 0.3 as above: 4 + 3 + 2.5 of 12.
		expect(auc([...easy, ...hard])).toBeCloseTo(9.5 / 12, 12);
	});

	it("is a half where V knows the prompt alone, and null where no prompt has both kinds", () => {
		const easy = of("easy", [...right(1, 1, 1), ...wrong(1)]);
		const hard = of("hard", [...right(0), ...wrong(0, 0, 0)]);
		expect(aucWithin([...easy, ...hard])).toBe(0.5);
		expect(auc([...easy, ...hard])).toBeCloseTo((9 + 3 / 2 + 3 / 2) / 16, 12);
		expect(aucWithin([...of("a", right(1)), ...of("b", wrong(0))])).toBeNull();
	});
});
