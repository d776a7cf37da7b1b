import { describe, expect, it } from "vitest";
import { filterRows, parseFilter, sortRows } from "./filter.ts";

const rows = [
	{ name: "Qwen2-7B 014", beta: 0.03, state: "done", accuracy: 87.4 },
	{ name: "Qwen2-7B 011", beta: 0.3, state: "done", accuracy: 86.7 },
	{ name: "Gemma MATH 2", beta: 0.1, state: "failed", accuracy: undefined },
	{ name: "Gemma MATH 10", beta: 1, state: "stopped early", accuracy: 76.2 },
];
type Run = (typeof rows)[number];
const fields = [
	{ id: "name", value: (row: Run) => row.name },
	{ id: "beta", aliases: ["β"], value: (row: Run) => row.beta },
	{ id: "state", value: (row: Run) => row.state },
	{ id: "accuracy", value: (row: Run) => row.accuracy },
];
const found = (text: string) => filterRows(rows, text, fields).rows.map((row) => row.name);

describe("filterRows", () => {
	it("keeps everything for an empty filter", () => expect(found("  ")).toHaveLength(4));

	it.each([
		["beta<0.3", ["Qwen2-7B 014", "Gemma MATH 2"]],
		["beta<=0.3 state:done", ["Qwen2-7B 014", "Qwen2-7B 011"]],
		["β=0.3", ["Qwen2-7B 011"]],
		["BETA>=3e-1", ["Qwen2-7B 011", "Gemma MATH 10"]],
		["beta!=0.3 qwen", ["Qwen2-7B 014"]],
		["gemma", ["Gemma MATH 2", "Gemma MATH 10"]],
		["-gemma", ["Qwen2-7B 014", "Qwen2-7B 011"]],
		["-state:done", ["Gemma MATH 2", "Gemma MATH 10"]],
		['state:"stopped early"', ["Gemma MATH 10"]],
		["state=stop", []],
		["state!=done", ["Gemma MATH 2", "Gemma MATH 10"]],
		["accuracy>80%", ["Qwen2-7B 014", "Qwen2-7B 011"]],
		["accuracy<100", ["Qwen2-7B 014", "Qwen2-7B 011", "Gemma MATH 10"]],
		['"math 10"', ["Gemma MATH 10"]],
		['"unclosed', []],
	])("finds %s", (text, names) => expect(found(text)).toEqual(names));

	it("names what it cannot read and applies the rest", () => {
		const result = filterRows(rows, "bta<1 beta<abc state:failed", fields);
		expect(result.rows.map((row) => row.name)).toEqual(["Gemma MATH 2"]);
		expect(result.problems).toEqual([
			"No column 'bta'. Columns: name, beta, state, accuracy.",
			"'abc' after beta< is not a number.",
		]);
	});

	it("reads a term into its parts", () => {
		expect(parseFilter('-lr>=5e-7 "two words"')).toEqual([
			{ kind: "field", name: "lr", operator: ">=", operand: "5e-7", negated: true },
			{ kind: "text", text: "two words", negated: false },
		]);
	});
});

describe("sortRows", () => {
	it("puts missing values last either way and orders digits in names as numbers", () => {
		const order = (direction: "ascending" | "descending") =>
			sortRows(rows, (row) => row.accuracy, direction).map((row) => row.accuracy);
		expect(order("ascending")).toEqual([76.2, 86.7, 87.4, undefined]);
		expect(order("descending")).toEqual([87.4, 86.7, 76.2, undefined]);
		expect(sortRows(rows, (row) => row.name, "ascending").map((row) => row.name)).toEqual([
			"Gemma MATH 2",
			"Gemma MATH 10",
			"Qwen2-7B 011",
			"Qwen2-7B 014",
		]);
	});
});
