import { expect, it } from "vitest";
import type { DataSummary } from "../../../core/contract/api-data.ts";
import { misfitOf } from "./data-fit.ts";

const SCORED: DataSummary = {
	...{ rows: 8, examples: 8, prompts: 2, labelled: 8, correct: 3, responsesPerPrompt: 4, duplicates: 0 },
	...{ oneOutcomePrompts: 0, withReference: 8, withProcessScores: 0, withBehaviourLogprobs: 0 },
	methods: ["sft", "rs", "kto", "dro", "dqo"],
};

it("names the way out of data that a method cannot learn from", () => {
	expect(misfitOf("dqo", SCORED)).toBeNull();
	expect(misfitOf("dpo", SCORED)?.remedy).toBe("Make pairs");
	const none = { ...SCORED, methods: [] };
	expect(misfitOf("dqo", { ...none, labelled: 0, correct: 0 })?.remedy).toBe("Grade responses");
	expect(misfitOf("dqo", { ...none, labelled: 5 })?.why).toMatch(/^Some of its responses/);
	expect(misfitOf("rs", { ...none, correct: 0 })?.why).toMatch(/None of its responses is correct/);
	expect(misfitOf("sft", { ...none, responsesPerPrompt: null })?.remedy).toBe("Generate responses");
});
