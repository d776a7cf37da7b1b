import { describe, expect, it } from "vitest";
import { splitByPrompt } from "./split.ts";
import type { Example } from "./types.ts";

const examples: Example[] = Array.from({ length: 300 }, (_, i) => ({
	row: i + 1,
	prompt: `p${i % 100}`,
	promptKey: `key${i % 100}`,
	response: `r${i}`,
}));
const rowsOf = (list: Example[]): number[] => list.map((example) => example.row).sort((a, b) => a - b);

describe("splitByPrompt", () => {
	it("shares out prompts to the exact count, each on one side", () => {
		const { train, validation, test } = splitByPrompt(
			examples,
			{ train: 0.7, validation: 0.29, test: 0.01 },
			3,
		);
		expect([train.length, validation.length, test.length]).toEqual([210, 87, 3]);
		expect(rowsOf([...train, ...validation, ...test])).toEqual(rowsOf(examples));
		const keys = [train, validation, test].map((part) => new Set(part.map((example) => example.promptKey)));
		expect(keys.map((set) => set.size)).toEqual([70, 29, 1]);
		expect(new Set(keys.flatMap((set) => [...set])).size).toBe(100);
	});

	it("depends on the seed and the prompts, not on their order", () => {
		const split = (list: Example[], seed: number): number[] =>
			rowsOf(splitByPrompt(list, { train: 0.8, test: 0.2 }, seed).test);
		expect(split([...examples].reverse(), 1)).toEqual(split(examples, 1));
		expect(split(examples, 2)).not.toEqual(split(examples, 1));
	});

	it("gives counts that do not divide to the largest remainders", () => {
		const few = examples.slice(0, 7);
		const parts = splitByPrompt(few, { a: 0.5, b: 0.25, c: 0.25 }, 0);
		expect([parts.a.length, parts.b.length, parts.c.length]).toEqual([3, 2, 2]);
	});

	it.each<[Record<string, number>]>([
		[{ a: 0.5, b: 0.6 }],
		[{ a: 0.5 }],
		[{ a: -0.5, b: 1.5 }],
		[{ a: Number.NaN, b: 1 }],
		[{}],
	])("refuses %j", (fractions) => expect(() => splitByPrompt(examples, fractions, 0)).toThrow(/add up to 1/));
});
