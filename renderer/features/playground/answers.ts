import type { ModelRef } from "../../../core/contract/api-common.ts";
import type { PlaygroundEvent } from "../../../core/contract/api-playground.ts";
import type { ValueTrace } from "../../../core/contract/api-runs.ts";
import type { Question } from "./request.ts";

/** What one model has answered so far. */
export interface Answer {
	state: "waiting" | "loading" | "writing" | "done" | "cancelled" | "failed";
	text: string;
	trace: ValueTrace | null;
	seconds: number;
	tokensPerSecond: number;
	truncated: boolean;
	failure: unknown;
}

/** A question with what its models answered. */
export interface Turn {
	requestId: string;
	question: Question;
	targets: readonly ModelRef[];
	answers: readonly Answer[];
}

const WAITING: Answer = {
	state: "waiting",
	text: "",
	trace: null,
	seconds: 0,
	tokensPerSecond: 0,
	truncated: false,
	failure: null,
};

export function newTurn(requestId: string, question: Question, targets: readonly ModelRef[]): Turn {
	return { requestId, question, targets, answers: targets.map(() => WAITING) };
}

export function isOpen({ state }: Answer): boolean {
	return state === "waiting" || state === "loading" || state === "writing";
}

export function isBusy(turn: Turn | undefined): boolean {
	return turn?.answers.some(isOpen) ?? false;
}

/** Takes in what arrived; what comes after an answer's end changes nothing. */
export function fold(turn: Turn, event: PlaygroundEvent): Turn {
	const answer = turn.answers[event.target];
	if (event.requestId !== turn.requestId || answer === undefined || !isOpen(answer)) return turn;
	return { ...turn, answers: turn.answers.with(event.target, next(answer, event)) };
}

function next(answer: Answer, event: PlaygroundEvent): Answer {
	switch (event.type) {
		case "loading":
			return { ...answer, state: "loading" };
		case "delta":
			return { ...answer, state: "writing", text: answer.text + event.text };
		case "cancelled":
			return { ...answer, state: "cancelled" };
		case "failed":
			return { ...answer, state: "failed", failure: event.failure };
		case "final": {
			const { trace, seconds, tokensPerSecond, truncated } = event;
			// A guided answer is streamed as it is tried; what counts is what was chosen.
			const text = trace.tokens.map((token) => token.text).join("");
			return { ...answer, state: "done", text, trace, seconds, tokensPerSecond, truncated };
		}
	}
}

/** Ends what is still open: nobody will answer it any more. */
export function endOpen(turn: Turn, end: Pick<Answer, "state" | "failure">): Turn {
	return {
		...turn,
		answers: turn.answers.map((answer) => (isOpen(answer) ? { ...answer, ...end } : answer)),
	};
}
