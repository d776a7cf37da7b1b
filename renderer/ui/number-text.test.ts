import { describe, expect, it } from "vitest";
import { numberProblem, parseNumber } from "./number-text.ts";

describe("typed numbers", () => {
	it.each([
		["1,024", 1024],
		["5e-7", 5e-7],
		["−0.3", -0.3],
		[" .5 ", 0.5],
		["40,000", 40_000],
		["1,234,567.5", 1_234_567.5],
	])("reads %s", (text, value) => expect(parseNumber(text)).toBe(value));

	it.each(["", "abc", "1,02", "0x10", "1 2", "1e999", "Infinity", "5e"])("refuses '%s'", (text) =>
		expect(parseNumber(text)).toBeUndefined(),
	);

	it("says what is wrong", () => {
		expect(numberProblem("yes", {})).toBe("'yes' is not a number.");
		expect(numberProblem("", {})).toBe("A number is needed.");
		expect(numberProblem("", { optional: true })).toBeUndefined();
		expect(numberProblem("2.5", { integer: true })).toBe("A whole number is needed.");
		expect(numberProblem("0", { min: 1 })).toBe("At least 1.");
		expect(numberProblem("3", { min: 1, max: 2 })).toBe("At most 2.");
		expect(numberProblem("2", { min: 1, max: 2, integer: true })).toBeUndefined();
	});
});
