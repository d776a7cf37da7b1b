import { expect, it } from "vitest";
import { problemsOfRows } from "./problems.ts";

it("reads different problems by their columns, and passes over rows in error", () => {
	const columns = [
		{ name: "q", usedAs: "prompt" },
		{ name: "a", usedAs: "reference" },
	];
	const row = (row: number, values: (string | null)[], level: "error" | null = null) => ({
		row,
		values,
		level,
	});
	const rows = [
		row(0, ["x", "1", "p"]),
		row(1, ["y", "1", "p"]),
		row(2, ["z", null, "r"]),
		row(3, ["", "2", "bad"], "error"),
		row(4, ["", "2", null]),
	];
	expect(problemsOfRows(columns, { columns: ["c", "a", "q"], rows })).toEqual([
		{ prompt: "p", reference: "1" },
		{ prompt: "r", reference: null },
	]);
	expect(problemsOfRows([], { columns: ["c"], rows })).toEqual([]);
});
