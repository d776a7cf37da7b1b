import { describe, expect, it } from "vitest";
import { auc } from "./held-out.ts";

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
