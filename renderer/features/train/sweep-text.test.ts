import { describe, expect, it } from "vitest";
import { axisText, choiceKind, INTEGER, NUMBER, readSweep, type SweepReading } from "./sweep-text.ts";

const values = (reading: SweepReading) => (reading.type === "axis" ? reading.values : reading);
const problem = (text: string, kind = NUMBER, random = false) => {
	const reading = readSweep(text, kind, random);
	return reading.type === "error" ? [reading.message, reading.at] : reading;
};

describe("a list", () => {
	it("is its values in order, a single one no sweep, duplicates once", () => {
		expect(readSweep("", NUMBER, false)).toEqual({ type: "empty" });
		expect(readSweep(" 0.03 ", NUMBER, false)).toEqual({ type: "value", value: 0.03 });
		expect(readSweep("0.3, 0.1, 3e-1,.1, 1", NUMBER, false)).toEqual({
			type: "axis",
			axis: { values: [0.3, 0.1, 1] },
			values: [0.3, 0.1, 1],
			merged: 2,
		});
		expect(values(readSweep("0.1, 0.3,", NUMBER, false))).toEqual([0.1, 0.3]);
		expect(values(readSweep("both, policy", choiceKind(["both", "policy"]), false))).toEqual([
			"both",
			"policy",
		]);
		expect(values(readSweep("true, false", choiceKind([true, false]), false))).toEqual([true, false]);
	});

	it("says what is wrong and where", () => {
		expect(problem("0.1, x")).toEqual(["'x' is not a number.", 5]);
		expect(problem("0.1,, 2")).toEqual(["A value is missing between two commas.", 4]);
		expect(problem("1,024")).toEqual(["'024' is no number: write thousands without a comma.", 2]);
		expect(problem("2.5, 3", INTEGER)).toEqual(["2.5 is not a whole number.", 0]);
		expect(problem("all", choiceKind(["both", "policy"]))).toEqual(["'all' is not one of both, policy.", 0]);
		expect(problem(",")).toEqual(["A value is missing between two commas.", 0]);
	});
});

describe("a range", () => {
	it("has even points, both ends included, by steps or by factors", () => {
		expect(values(readSweep("0..1:5", NUMBER, false))).toEqual([0, 0.25, 0.5, 0.75, 1]);
		expect(values(readSweep("5e-8..5e-7:3 log", NUMBER, false))).toEqual([5e-8, 1.58114e-7, 5e-7]);
		expect(readSweep(" 1e-6 .. 1e-4 : 3 log ", NUMBER, false)).toMatchObject({
			axis: { min: 1e-6, max: 1e-4, scale: "log", count: 3 },
			values: [1e-6, 1e-5, 1e-4],
		});
		expect(readSweep("1..3:5", INTEGER, false)).toMatchObject({
			values: [1, 2, 3],
			merged: 2,
			axis: { integer: true },
		});
	});

	it("without a count is for random search alone", () => {
		expect(readSweep("0..1", NUMBER, true)).toEqual({
			type: "axis",
			axis: { min: 0, max: 1, scale: "linear" },
			values: null,
			merged: 0,
		});
		expect(problem("0..1")).toEqual([expect.stringContaining("needs a count"), 4]);
	});

	it("says what is wrong and where", () => {
		expect(problem("1..0:3")).toEqual(["A range rises: 1 must be below 0.", 0]);
		expect(problem("0..1:3 log")).toEqual(["A log range begins above 0.", 0]);
		expect(problem("0..x:3")).toEqual(["'x' is not a number.", 3]);
		expect(problem("0..1:3 lin")).toEqual([expect.stringContaining("'lin'"), 7]);
		expect(problem("0..1:1")).toEqual([expect.stringContaining("at least 2"), 5]);
		expect(problem("0..1:")).toEqual([expect.stringContaining("at least 2"), 5]);
		expect(problem("..3")).toEqual([expect.stringContaining("a..b:n"), 0]);
		expect(problem("both..policy:2", choiceKind(["both"]))).toEqual(["Only numbers have ranges.", 4]);
	});
});

it("writes an axis as it is typed", () => {
	for (const text of ["0.01, 0.03, 1", "5e-8..5e-7:3 log", "0..1:5", "1e-6..1e-4 log", "1024, 2048"]) {
		const reading = readSweep(text, NUMBER, true);
		if (reading.type !== "axis") throw new Error("not an axis");
		expect(axisText(reading.axis)).toBe(text);
	}
});
