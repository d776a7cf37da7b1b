import { describe, expect, it } from "vitest";
import { equivalentAnswers } from "./equivalent.ts";

const both = (a: string, b: string): boolean => {
	const verdict = equivalentAnswers(a, b);
	expect(equivalentAnswers(b, a), "the other way round").toBe(verdict);
	return verdict;
};

describe("equal answers", () => {
	it.each([
		["4\\frac{2}{3}", "\\dfrac{14}{3}"],
		["4 2/3", "14/3"],
		["0.\\overline{3}", "\\frac13"],
		["0.1\\overline{6}", "1/6"],
		["864 \\mbox{ inches}^2", "864 square inches"],
		["60 \\text{ m}/\\text{s}", "60"],
		["58,500", "58500"],
		["11,\\! 111,\\! 111,\\! 100", "11111111100"],
		["x \\in [-2,7]", "-2 \\le x \\le 7"],
		["(-\\infty, 2) \\cup (3, \\infty)", "x < 2 \\text{ or } x > 3"],
		["\\mathbb{R}", "(-\\infty, \\infty)"],
		["y = 2x + 3", "2x - y + 3 = 0"],
		["5x - 7y + 11z + 4 = 0", "10x - 14y + 22z = -8"],
		["2x + y \\le 6", "12 \\ge 4x + 2y"],
		["(x, y) = (1, 2)", "(1,2)"],
		["x = y = 5", "5"],
		["\\{1\\pm\\sqrt{5},-2\\}", "-2, 1+\\sqrt5, 1-\\sqrt5"],
		["a \\pm b \\mp c", "a+b-c, a-b+c"],
		["\\cot x", "\\frac{\\cos x}{\\sin x}"],
		["\\sin 30^\\circ", "\\frac12"],
		["\\sin^{-1} 1", "\\pi/2"],
		["e^{i\\pi}", "-1"],
		["|{-3}|", "3"],
		["\\lfloor -2.5 \\rfloor + \\lceil \\pi \\rceil", "1"],
		["2^{2024}", "4^{1012}"],
		["9^{9^{9^9}}", "9^{9^{9^{9}}} "],
		["\\frac13\\begin{bmatrix} -1\\\\2\\end{bmatrix}", "\\begin{pmatrix} -1/3 \\\\ 2/3 \\end{pmatrix}"],
		["sqrt(13)/2", "\\frac{\\sqrt{13}}{2}"],
		["(-8)^{1/3}", "-2"],
		["30 minutes", "30"],
	])("%s is %s", (a, b) => expect(both(a, b)).toBe(true));
});

describe("different answers", () => {
	it.each([
		["", ""],
		["1, 100", "1100"],
		["4 2/3", "42/3"],
		["x=5", "y=5"],
		["3R^2", "3r^2"],
		["2ab", "2"],
		["\\sqrt{x^2}", "x"],
		["52_8", "42"],
		["50\\%", "0.5"],
		["x < 5", "x \\le 5"],
		["2x + y \\le 6", "2x + y \\ge 6"],
		["x^2 = 4", "x = 2"],
		["2^{2024}", "4^{1012} + 1"],
		["12345678901234567890", "12345678901234567891"],
		["10^{-12}\\pi", "2 \\cdot 10^{-12}\\pi"],
		["1000000000001\\sqrt{2}", "1000000000002\\sqrt{2}"],
		["\\{1, 2\\}", "(1, 2)"],
		["\\text{west}", "\\text{stew}"],
		["\\frac{0}{0}", "\\frac{1}{0}"],
		["constructor", "toString"],
	])("%s is not %s", (a, b) => expect(both(a, b)).toBe(false));
});

const times = (text: string, count: number): string => text.repeat(count);
const series = (count: number, of: (i: number) => string, mark: string): string =>
	Array.from({ length: count }, (_, i) => of(i)).join(mark);

/** Answers made to take for ever, each with one that it does not equal. */
const HOSTILE: readonly (readonly [string, string, string])[] = [
	["100 KB of nested braces", times("{", 50_000) + times("}", 50_000), "5"],
	["a megabyte of digits", times("7", 1_000_000), `${times("7", 999_999)}8`],
	["2,000 digits", times("7", 1999), `${times("7", 1998)}8`],
	["a tower of powers", "9^9^9^9", "9^9^9^8"],
	["10^(10^10)", "10^(10^10)", "10^{10^{11}}"],
	["towers with a variable", times("2^{2^{2^{2^x}}}+", 100), "x"],
	["long exact powers", times("(x+y+1)^{19}", 150), "x"],
	["fractions of large denominators", series(180, (i) => `x/${1_000_003 + 2 * i}`, "+"), "x"],
	["nested fractions", `${times("\\frac{1}{1+", 150)}x${times("}", 150)}`, "x"],
	[
		"nested roots",
		`${times("\\sqrt{x+", 55)}1${times("}", 55)}`,
		`${times("\\sqrt{x+", 55)}2${times("}", 55)}`,
	],
	["factorials", times("200!", 490), "((9!)!)!"],
	["many members", series(300, (i) => `x+${i}`, ","), series(300, (i) => `y+${i}`, ",")],
	["sets of sets", `\\{${times("\\{1,2\\},", 200)}1\\}`, `\\{${times("\\{1,2\\},", 200)}2\\}`],
	["many signs", times("1\\pm 2\\pm 3\\pm 4\\pm 5,", 80), times("1\\pm 2\\pm 3\\pm 4\\pm 6,", 80)],
	["many brackets", times("(", 900), times("[", 900)],
	["many bars", times("|", 1900), "1"],
	["many minus signs", `${times("-", 1900)}2`, "1"],
	["many spaces", `1${times(" ", 1900)}2`, "12"],
	["many points", `${times(".", 1900)}x`, "1"],
	["many commas", `${times(", ", 900)}x`, "1"],
	["thousands without end", times("1,", 990), "1"],
	["mixed numbers without end", times("1 2/3 ", 330), "1"],
	["unclosed texts", times("\\text{", 330), "1"],
	["control characters", "\u0000\ud800\u202e", "1"],
];

describe("hostile answers", () => {
	it.each(HOSTILE)("%s take no more than 250 ms of CPU", (_name, a, b) => {
		equivalentAnswers("1", "2");
		const before = process.cpuUsage();
		expect(equivalentAnswers(a, b)).toBe(false);
		expect(process.cpuUsage(before).user / 1000).toBeLessThan(250);
	});

	it("are still equal to themselves", () => {
		for (const [name, a] of HOSTILE) expect(equivalentAnswers(a, a), name).toBe(true);
	});
});
