import type { PlaygroundEvent } from "../../../core/contract/api-playground.ts";
import type { ValueTrace } from "../../../core/contract/api-runs.ts";

/** One target's answer to one question, while it comes and when it is there. */
export interface Answer {
	readonly state: "waiting" | "loading" | "streaming" | "final" | "cancelled" | "failed";
	readonly text: string;
	readonly trace: ValueTrace | null;
	readonly tokensPerSecond: number | null;
	readonly seconds: number | null;
	readonly truncated: boolean;
	readonly failure: unknown;
}

export const WAITING: Answer = {
	...{
		state: "waiting",
		text: "",
		trace: null,
		tokensPerSecond: null,
		seconds: null,
		truncated: false,
		failure: null,
	},
};

/** The answer after an event; what ended stays as it ended. */
export function fold(answer: Answer, event: PlaygroundEvent): Answer {
	if (!isComing(answer)) return answer;
	switch (event.type) {
		case "loading":
			return { ...answer, state: "loading" };
		case "delta":
			return { ...answer, state: "streaming", text: answer.text + event.text };
		case "final": {
			const { trace, tokensPerSecond, seconds, truncated } = event;
			const text = trace.tokens
				.filter(({ isEos }) => !isEos)
				.map((token) => token.text)
				.join("");
			return { ...answer, state: "final", text, trace, tokensPerSecond, seconds, truncated };
		}
		case "cancelled":
			return { ...answer, state: "cancelled" };
		case "failed":
			return { ...answer, state: "failed", failure: event.failure };
	}
}

export function isComing({ state }: Answer): boolean {
	return state === "waiting" || state === "loading" || state === "streaming";
}
