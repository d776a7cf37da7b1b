import { expect, it } from "vitest";
import type { ValueTrace } from "../../../core/contract/api-runs.ts";
import { endOpen, fold, isBusy, newTurn } from "./answers.ts";
import { FIRST_QUESTION } from "./request.ts";

const targets = [
	{ type: "model", id: "m" },
	{ type: "run", id: "r", checkpoint: "best" },
] as const;
const turn = newTurn("q", FIRST_QUESTION, targets);
const at = (target: number) => ({ sessionId: "s", requestId: "q", target });
const trace: ValueTrace = {
	values: "none",
	prompt: "p",
	reference: null,
	extracted: null,
	correct: null,
	reward: null,
	firstValue: null,
	tokens: ["4", "2"].map((text) => ({
		text,
		valueBefore: null,
		valueAfter: null,
		logProb: null,
		baseLogProb: null,
		isEos: false,
	})),
	segmentEnds: [1],
	processScores: null,
};

it("puts each answer together where it belongs", () => {
	let now = fold(turn, { type: "loading", ...at(1) });
	now = fold(now, { type: "delta", ...at(1), text: "4" });
	now = fold(now, { type: "delta", ...at(1), text: "1" });
	expect(now.answers.map(({ state, text }) => [state, text])).toEqual([
		["waiting", ""],
		["writing", "41"],
	]);
	now = fold(now, { type: "final", ...at(1), trace, seconds: 1, tokensPerSecond: 2, truncated: true });
	expect(now.answers[1]).toMatchObject({ state: "done", text: "42", truncated: true });
	expect(isBusy(now)).toBe(true);
	now = fold(now, { type: "cancelled", ...at(0) });
	expect(isBusy(now)).toBe(false);
	expect(fold(now, { type: "delta", ...at(0), text: "late" })).toBe(now);
});

it("leaves other questions alone, and ends what is open", () => {
	expect(fold(turn, { type: "loading", ...at(0), requestId: "other" })).toBe(turn);
	expect(fold(turn, { type: "loading", ...at(2) })).toBe(turn);
	const ended = endOpen(turn, { state: "failed", failure: "gone" });
	expect(ended.answers.every(({ failure }) => failure === "gone")).toBe(true);
});
