import { describe, expect, it } from "vitest";
import { madeName, stemOf } from "./names.ts";

describe("the name of what is made", () => {
	const none = new Set<string>();

	it("says what it was made of and what it is, however many makings lie between", () => {
		expect(madeName("generate", "problems.jsonl", none)).toBe("problems, responses");
		expect(madeName("grade", "problems, responses", none)).toBe("problems, graded");
		expect(madeName("pairs", "problems, responses 2, graded", none)).toBe("problems, pairs");
	});

	it("does not say twice what the file's name says already", () => {
		expect(madeName("generate", "responses.jsonl", none)).toBe("responses");
		expect(madeName("generate", "my responses.jsonl", new Set(["my responses"]))).toBe("my responses 2");
	});

	it("is another one where the name is taken", () => {
		const taken = new Set(["problems, pairs", "problems, pairs 2"]);
		expect(madeName("pairs", "problems", taken)).toBe("problems, pairs 3");
	});

	it("keeps what is no making of ours, and fits what can be stored", () => {
		expect(stemOf("gsm8k, train")).toBe("gsm8k, train");
		expect(stemOf("rows.csv.gz")).toBe("rows");
		expect(stemOf(".jsonl")).toBe(".jsonl");
		expect(madeName("process-scores", "x".repeat(200), none)).toHaveLength(120);
	});
});
