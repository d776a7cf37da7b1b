import { describe, expect, it } from "vitest";
import { gradeMath } from "../math.ts";
import { lastBoxed } from "./boxed.ts";

describe("lastBoxed", () => {
	it.each([
		["so $\\boxed{5}$.", "5"],
		["\\boxed{1} then \\boxed{2}", "2"],
		["\\boxed{\\frac{1}{2}}", "\\frac{1}{2}"],
		["\\fbox{7}", "7"],
		["\\boxed {7}", "7"],
		["\\boxed{\\boxed{3}}", "3"],
		["\\boxed{\\left\\{ 1, 2 \\right.}", "\\left\\{ 1, 2 \\right."],
		["} stray \\boxed{4} {", "4"],
		["\\boxed{6} and again \\boxed{", "6"],
		["$\\boxed 5$", "5"],
		["\\boxed 5 apples", "5"],
		["$\\boxed 3\\sqrt{2}$ is it", "3\\sqrt{2}"],
		["\\boxed\\frac12$", "\\frac12"],
		["\\boxed 12.5.", "12.5"],
		["\\boxed{}", ""],
	])("%s", (text, content) => expect(lastBoxed(text)).toBe(content));

	it.each(["", "5", "boxed{5}", "\\boxed{5", "\\boxedness{5}", "\\boxed"])("none in %j", (text) =>
		expect(lastBoxed(text)).toBeNull(),
	);

	it("reads megabytes once", () => {
		const before = process.cpuUsage();
		expect(lastBoxed("\\boxed{5".repeat(100_000))).toBeNull();
		expect(lastBoxed("\\boxed ".repeat(100_000))).toBe("\\boxed");
		expect(lastBoxed(`\\boxed${" ".repeat(1_000_000)}`)).toBeNull();
		expect(lastBoxed(`${"{".repeat(500_000)}\\boxed{5}`)).toBe("5");
		expect(process.cpuUsage(before).user / 1000).toBeLessThan(2000);
	});
});

describe("gradeMath", () => {
	it("takes a bare answer or a full solution for a reference", () => {
		const response = "We get $\\boxed{0.5}$.";
		expect(gradeMath(response, "\\frac{1}{2}")).toEqual({ correct: true, extracted: "0.5", how: "boxed" });
		expect(gradeMath(response, "Half: $\\boxed{\\frac12}$").correct).toBe(true);
		expect(gradeMath(response, "\\boxed{\\frac12} or rather \\boxed{\\frac13}").correct).toBe(false);
	});

	it("is wrong, not broken, without an answer on either side", () => {
		expect(gradeMath("It is 5.", "5")).toEqual({ correct: false, extracted: null, how: "none" });
		expect(gradeMath("\\boxed{}", "").correct).toBe(false);
		expect(gradeMath("\\boxed{ }", "\\boxed{}").correct).toBe(false);
	});
});
