import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { canonicalDecimal } from "./decimal.ts";
import { gradeExact } from "./exact.ts";
import { graders } from "./grader.ts";
import { extractFlexible, extractStrict, gradeGsm8k } from "./gsm8k.ts";

describe("canonicalDecimal", () => {
	it.each([
		["1,000", "1000"],
		["$29.00", "29"],
		["-0", "0"],
		["0.50", "0.5"],
		[".5", "0.5"],
		["5.", "5"],
		["18...", "18"],
		["007", "7"],
		["50%", "50"],
		["-3.10", "-3.1"],
		["+4", "4"],
		["99999999999999999999", "99999999999999999999"],
	])("%s is %s", (written, canonical) => expect(canonicalDecimal(written)).toBe(canonical));

	it.each(["", ".", ",", "$", "1.2.3", "-", "1-2", "1e5", "NaN", "٣"])("%j is no number", (written) =>
		expect(canonicalDecimal(written)).toBeNull(),
	);

	it("does not round integers beyond 2^53", () => {
		expect(canonicalDecimal("9007199254740993")).not.toBe(canonicalDecimal("9007199254740992"));
	});
});

describe("gradeGsm8k", () => {
	it("reads the first #### strictly and the last number flexibly", () => {
		const text = "first 3\n#### 18\nNext question\n#### 20";
		expect(extractStrict(text)).toBe("18");
		expect(extractFlexible(text)).toBe("20");
		const verdict = gradeGsm8k(text, "so 9 * 2 = 18\n#### 18");
		expect(verdict).toMatchObject({ correct: true, extracted: "18", how: "strict" });
		expect(verdict.flexible).toEqual({ correct: false, extracted: "20" });
	});

	it("lets a wrong strict answer win over a right flexible one", () => {
		const verdict = gradeGsm8k("#### 7 which is not 18", "18");
		expect(verdict).toMatchObject({ correct: false, extracted: "7", how: "strict" });
		expect(verdict.flexible.correct).toBe(true);
	});

	it("falls back to the flexible reading", () => {
		expect(gradeGsm8k("She makes $29.00", "29")).toMatchObject({ correct: true, how: "flexible" });
		expect(gradeGsm8k("#### $18", "18")).toMatchObject({ correct: true, extracted: "$18", how: "flexible" });
		expect(gradeGsm8k("The answer is -5.", "#### -5")).toMatchObject({ correct: true, extracted: "-5." });
		expect(gradeGsm8k("It is 1,234.50 dollars", "1234.5")).toMatchObject({ correct: true });
	});

	it("is wrong, not broken, on responses without an answer", () => {
		for (const text of ["", "no idea", "####", "#### ", "\u0000", "....", "#### ,", "🙂".repeat(100)]) {
			expect(gradeGsm8k(text, "18").correct, JSON.stringify(text)).toBe(false);
		}
		expect(gradeGsm8k("no idea", "18").how).toBe("none");
	});

	it("never grades correct against a reference without an answer", () => {
		expect(gradeGsm8k("18", "no answer here").correct).toBe(false);
		expect(gradeGsm8k("no answer here", "no answer here").correct).toBe(false);
	});

	it("stays linear on long runs of digits and signs", () => {
		const started = performance.now();
		expect(gradeGsm8k("-$,.".repeat(250_000), "1").correct).toBe(false);
		expect(performance.now() - started).toBeLessThan(2000);
	});
});

describe("gradeExact", () => {
	it("ignores only white space around and between words", () => {
		expect(gradeExact("  a \n b\t", "a b")).toEqual({ correct: true, extracted: "a b", how: "exact" });
		expect(gradeExact("A b", "a b").correct).toBe(false);
		expect(gradeExact("ab", "a b").correct).toBe(false);
		expect(gradeExact(" \n", "")).toEqual({ correct: false, extracted: null, how: "none" });
	});
});

it("graders are filed under their own task", () => {
	expect(Object.entries(graders).map(([task, grader]) => task === grader.task)).toEqual([true, true, true]);
	expect(graders.gsm8k.grade("#### 4", "4").correct).toBe(true);
});

const data = path.resolve(
	process.env.DQO_DATA_DIR ?? path.join(import.meta.dirname, "../../../shared/data"),
	"gsm8k",
);
const rows = (name: string): Record<string, unknown>[] =>
	readFileSync(path.join(data, name), "utf8")
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line));

describe.skipIf(!existsSync(data))("on the real GSM8K (skipped when DQO_DATA_DIR is absent)", () => {
	it("agrees with OpenAI's own is_correct on their published model solutions", () => {
		let total = 0;
		let agreed = 0;
		for (const { question, ground_truth, ...models } of rows("example_model_solutions.jsonl")) {
			expect(typeof question).toBe("string");
			for (const model of Object.values(models) as { solution: string; is_correct: boolean }[]) {
				total++;
				if (gradeGsm8k(model.solution, String(ground_truth)).correct === model.is_correct) agreed++;
			}
		}
		expect(total).toBe(5276);
		expect(agreed / total).toBeGreaterThanOrEqual(0.995);
	});

	it.each([
		["train.jsonl", 7473],
		["test.jsonl", 1319],
	])("every reference of %s is correct against itself", (name, count) => {
		const answers = rows(name).map((row) => String(row.answer));
		expect(answers.length).toBe(count);
		const wrong = answers.filter((answer) => {
			const verdict = gradeGsm8k(answer, answer);
			return !(verdict.correct && verdict.how === "strict" && verdict.flexible.correct);
		});
		expect(wrong).toEqual([]);
	});
});
