import type { ApiInput } from "../../../core/contract/api.ts";
import { GREEDY_SAMPLING, PAPER_SAMPLING } from "../../../core/contract/sampling.ts";
import { PROMPT_TEMPLATES, type Task, templateSchema } from "../../../core/contract/task.ts";

/** What the form holds. A number is undefined while its field is empty or wrong. */
export interface Form {
	readonly prompt: string;
	readonly template: string;
	readonly reference: string;
	readonly task: Task;
	readonly decoding: "greedy" | "sampled" | "best-of-n" | "beam";
	readonly temperature: number | undefined;
	readonly topK: number | undefined;
	readonly topP: number | undefined;
	readonly threshold: number | undefined;
	readonly seed: number | undefined;
	readonly maxNewTokens: number | undefined;
	/** Responses, or next lines of each beginning, that the value function chooses from. */
	readonly n: number | undefined;
	readonly beams: number | undefined;
}

export const FIRST_FORM: Form = {
	prompt: "",
	template: PROMPT_TEMPLATES.plain,
	reference: "",
	task: "gsm8k",
	decoding: "greedy",
	...{ temperature: PAPER_SAMPLING.temperature, topK: PAPER_SAMPLING.topK },
	...{ topP: PAPER_SAMPLING.topP, threshold: PAPER_SAMPLING.threshold, seed: 0 },
	maxNewTokens: 256,
	n: 8,
	beams: 4,
};

type Ask = Omit<ApiInput<"playground.ask">, "sessionId" | "requestId" | "targets">;

/** The question that the form asks, or what keeps it from being asked. */
export function askOf(form: Form): { ask: Ask } | { problem: string } {
	const { prompt, template, reference, task, decoding } = form;
	if (prompt.trim() === "") return { problem: "Write a prompt, or take a problem." };
	if (!templateSchema.safeParse(template).success)
		return { problem: "The template must hold {problem} exactly once." };
	const { temperature, topK, topP, threshold, seed, maxNewTokens, n, beams } = form;
	if (maxNewTokens === undefined || seed === undefined)
		return { problem: "Give a seed and the most new tokens." };
	if (temperature === undefined || topK === undefined || topP === undefined || threshold === undefined)
		return { problem: "Correct the sampling settings." };
	if (n === undefined || beams === undefined)
		return { problem: "Say among how many the value function chooses." };
	const sampled = { n: 1, temperature, topK, topP, threshold, greedy: false, maxNewTokens, seed };
	return {
		ask: {
			prompt,
			template,
			task: reference.trim() === "" ? null : task,
			reference: reference.trim() === "" ? null : reference,
			sampling: decoding === "greedy" ? { ...GREEDY_SAMPLING, maxNewTokens, seed } : sampled,
			guided:
				decoding === "best-of-n"
					? { type: "best-of-n", n }
					: decoding === "beam"
						? { type: "beam", n, beams }
						: null,
		},
	};
}
