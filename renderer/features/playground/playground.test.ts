import { expect, test } from "vitest";
import type { PlaygroundEvent } from "../../../core/contract/api-playground.ts";
import { playgroundApi } from "../../../core/contract/api-playground.ts";
import type { RunSummary, ValueTrace } from "../../../core/contract/api-runs.ts";
import { fold, isComing, WAITING } from "./answers.ts";
import { askOf, FIRST_FORM } from "./request.ts";
import { allTargets, firstTargets } from "./targets.ts";

const id = { sessionId: "s", requestId: "r", target: 0 };
const token = (text: string, isEos = false): ValueTrace["tokens"][number] => ({
	...{ text, valueBefore: null, valueAfter: null, logProb: null, baseLogProb: null, isEos },
});
const final: PlaygroundEvent = {
	...{ type: "final", ...id, seconds: 2, tokensPerSecond: 50, truncated: false },
	trace: {
		...{
			values: "none",
			prompt: "p",
			reference: null,
			extracted: null,
			correct: null,
			reward: null,
			firstValue: null,
		},
		...{ tokens: [token("6+2"), token("=8"), token("<end>", true)], segmentEnds: [2], processScores: null },
	},
};

test("an answer grows, ends as the final one says, and stays so", () => {
	const events: PlaygroundEvent[] = [
		{ type: "loading", ...id },
		{ type: "delta", ...id, text: "6+" },
		{ type: "delta", ...id, text: "2" },
	];
	const streaming = events.reduce(fold, WAITING);
	expect(streaming).toMatchObject({ state: "streaming", text: "6+2" });
	expect(isComing(streaming)).toBe(true);
	const done = fold(streaming, final);
	expect(done).toMatchObject({ state: "final", text: "6+2=8", tokensPerSecond: 50 });
	expect(fold(done, { type: "delta", ...id, text: "late" })).toBe(done);
	expect(isComing(done)).toBe(false);
});

test.each(["greedy", "sampled", "best-of-n", "beam"] as const)(
	"a %s question is what the contract takes",
	(decoding) => {
		const asked = askOf({ ...FIRST_FORM, prompt: "1+1?", reference: "2", decoding });
		if ("problem" in asked) throw new Error(asked.problem);
		const input = { ...asked.ask, sessionId: "s", requestId: "r", targets: [0] };
		const parsed = playgroundApi["playground.ask"].input.parse(input);
		expect(parsed).toMatchObject({ task: "gsm8k", reference: "2" });
		expect(asked.ask.sampling.greedy).toBe(decoding === "greedy");
	},
);

test("what keeps a question from being asked is said; without a reference nothing is graded", () => {
	expect(askOf(FIRST_FORM)).toMatchObject({ problem: expect.stringMatching(/prompt/) });
	expect(askOf({ ...FIRST_FORM, prompt: "x", template: "no hole" })).toMatchObject({
		problem: expect.stringMatching(/template/),
	});
	expect(askOf({ ...FIRST_FORM, prompt: "x", topK: undefined })).toMatchObject({
		problem: expect.stringMatching(/sampling/),
	});
	expect(askOf({ ...FIRST_FORM, prompt: "x" })).toMatchObject({ ask: { task: null, reference: null } });
});

test("the base stands left and the run asked for right; runs without a checkpoint cannot be asked", () => {
	const run = (name: string, lastSavedStep: number | null) =>
		({ id: name, name, lastSavedStep, bestStep: 5, method: "dqo" }) as RunSummary;
	const all = allTargets([], [run("new", 9), run("old", 9), run("empty", null)]);
	expect(all.map(({ key }) => key)).toEqual(["run:new:best", "run:new:last", "run:old:best", "run:old:last"]);
	expect(all[0]?.hasValue).toBe(true);
	expect(firstTargets(all, { run: "old", model: null })).toEqual(["run:old:best"]);
	expect(firstTargets(all, { run: null, model: null })).toEqual(["run:new:best"]);
});
