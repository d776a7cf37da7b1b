import { describe, expect, it } from "vitest";
import type { DataSummary } from "../../../core/contract/api-data.ts";
import { taskSpecSchema } from "../../../core/contract/api-tasks.ts";
import { PROMPT_TEMPLATES } from "../../../core/contract/task.ts";
import { amountText, newDraft, specOf, timeText, usualTemplate } from "./draft.ts";
import { MAKE_KINDS, misfitOf } from "./kinds.ts";

const summary: DataSummary = {
	rows: 80,
	examples: 80,
	prompts: 20,
	labelled: 80,
	correct: 40,
	responsesPerPrompt: 4,
	duplicates: 0,
	oneOutcomePrompts: 4,
	withReference: 80,
	withProcessScores: 0,
	withBehaviourLogprobs: 80,
	methods: [],
};
const problems: DataSummary = { ...summary, labelled: 0, correct: 0, responsesPerPrompt: null };

describe("what suits a data set", () => {
	it("is everything where responses are labelled both ways", () => {
		expect(MAKE_KINDS.map((kind) => misfitOf(kind, summary))).toEqual([null, null, null, null]);
	});

	it("is generating alone where there are only problems", () => {
		expect(MAKE_KINDS.filter((kind) => misfitOf(kind, problems) === null)).toEqual(["generate"]);
	});

	it("is no pairs where no prompt has both outcomes", () => {
		expect(misfitOf("pairs", { ...summary, oneOutcomePrompts: 20 })).toMatch(/No prompt/);
		expect(misfitOf("pairs", { ...summary, correct: 80 })).toMatch(/wrong/);
	});

	it("is no grading without references", () => {
		expect(misfitOf("grade", { ...summary, withReference: 0 })).toMatch(/references/);
	});
});

describe("a draft", () => {
	const model = { type: "model", id: "starter" } as const;

	it("begins as something that can be started, with the paper's sampling", () => {
		for (const kind of MAKE_KINDS) {
			const spec = specOf(kind, newDraft(kind, "Problems", null, true), "d", model, "{problem}");
			expect(taskSpecSchema.parse(spec)).toMatchObject({ kind, dataId: "d" });
			if (spec && "sampling" in spec) expect(spec.sampling).toMatchObject({ n: 20, topK: 16, topP: 0.9 });
		}
	});

	it("starts nothing while a number or the problem's place is missing", () => {
		const draft = newDraft("generate", "Problems", null, true);
		expect(specOf("generate", { ...draft, n: undefined }, "d", model, "{problem}")).toBeNull();
		expect(specOf("generate", draft, "d", model, "no place")).toBeNull();
		expect(specOf("grade", { ...draft, task: null }, "d", null, "{problem}")).toBeNull();
	});

	it("says how many responses it means", () => {
		const draft = newDraft("generate", "Problems", null, true);
		expect(amountText("generate", { ...draft, n: 4, limit: 5 }, summary)).toBe(
			"20 responses: 4 to each of 5 prompts.",
		);
		expect(amountText("generate", { ...draft, limit: 999 }, summary)).toMatch(/^400 responses/);
	});

	it("says how long it takes, and how long at the most where that differs", () => {
		const from = "at the pace of x";
		expect(timeText({ seconds: 250.2, mostSeconds: 662, from })).toBe(
			"About 4 m 10 s, at most 11 m 02 s, at the pace of x.",
		);
		expect(timeText({ seconds: 0.2, mostSeconds: 0.3, from })).toBe("About 1.0 s, at the pace of x.");
	});

	it("asks the starter plainly, and other models as the paper does", () => {
		expect(usualTemplate("gsm8k", true)).toBe("{problem}");
		expect(usualTemplate("math", false)).toBe(PROMPT_TEMPLATES.math);
		expect(usualTemplate(null, false)).toBe("{problem}");
	});
});
