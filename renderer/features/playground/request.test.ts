import { expect, it } from "vitest";
import { playgroundApi } from "../../../core/contract/api-playground.ts";
import { PROMPT_TEMPLATES } from "../../../core/contract/task.ts";
import { FIRST_QUESTION, problemOf, templateChoice, toAsk, withCheckpoint } from "./request.ts";

const question = { ...FIRST_QUESTION, prompt: "1 + 1?" };

it("asks what the service takes, for every way to decode", () => {
	for (const decoding of ["greedy", "sampled", "best-of-n", "beam"] as const) {
		const asked = toAsk({ ...question, decoding, seed: 7 });
		const whole = { ...asked, sessionId: "s", requestId: "r", targets: [0] };
		expect(playgroundApi["playground.ask"].input.safeParse(whole).success).toBe(true);
		expect(asked.sampling).toMatchObject({ greedy: decoding === "greedy", n: 1, seed: 7 });
	}
	expect(toAsk({ ...question, decoding: "beam", n: 3, beams: 2 }).guided).toEqual({
		type: "beam",
		n: 3,
		beams: 2,
	});
});

it("grades only with a task and a reference", () => {
	expect(toAsk({ ...question, task: "gsm8k", reference: " " }).task).toBeNull();
	expect(toAsk({ ...question, task: "gsm8k", reference: "#### 2" })).toMatchObject({
		task: "gsm8k",
		reference: "#### 2",
	});
});

it("says what is missing", () => {
	expect(problemOf(question, false)).toBeNull();
	expect(problemOf({ ...question, prompt: " " }, true)).toMatch(/problem/);
	expect(problemOf({ ...question, template: "own", ownTemplate: "none" }, true)).toMatch(/\{problem\}/);
	expect(problemOf({ ...question, decoding: "beam" }, false)).toMatch(/DQO/);
	expect(problemOf({ ...question, decoding: "sampled", topK: undefined }, true)).toMatch(/number/);
	expect(problemOf({ ...question, topK: undefined }, true)).toBeNull();
});

it("knows a run's template and a chosen checkpoint", () => {
	expect(templateChoice(PROMPT_TEMPLATES.math).template).toBe("math");
	expect(templateChoice("Q: {problem}")).toEqual({ template: "own", ownTemplate: "Q: {problem}" });
	const run = { type: "run", id: "a:b", checkpoint: "best" } as const;
	expect(withCheckpoint(run, "12")).toEqual({ ...run, checkpoint: 12 });
});
