import type { ApiInput } from "../../../core/contract/api.ts";
import type { ModelRef } from "../../../core/contract/api-common.ts";
import { GREEDY_SAMPLING, PAPER_SAMPLING } from "../../../core/contract/sampling.ts";
import { PROMPT_TEMPLATES, type Task, templateSchema } from "../../../core/contract/task.ts";

export const MAX_TARGETS = 4;

export type TemplateChoice = keyof typeof PROMPT_TEMPLATES | "own";
export type Decoding = "greedy" | "sampled" | "best-of-n" | "beam";

/** What is asked, as the form holds it; a number is undefined while its text is none. */
export interface Question {
	prompt: string;
	template: TemplateChoice;
	ownTemplate: string;
	task: Task | "none";
	reference: string;
	decoding: Decoding;
	temperature: number | undefined;
	topK: number | undefined;
	threshold: number | undefined;
	topP: number | undefined;
	seed: number | undefined;
	n: number | undefined;
	beams: number | undefined;
	maxNewTokens: number | undefined;
}

export const FIRST_QUESTION: Question = {
	prompt: "",
	template: "plain",
	ownTemplate: "{problem}",
	task: "none",
	reference: "",
	decoding: "greedy",
	temperature: PAPER_SAMPLING.temperature,
	topK: PAPER_SAMPLING.topK,
	threshold: PAPER_SAMPLING.threshold,
	topP: PAPER_SAMPLING.topP,
	seed: PAPER_SAMPLING.seed,
	n: 8,
	beams: 4,
	maxNewTokens: 256,
};

export type AskInput = Omit<ApiInput<"playground.ask">, "sessionId" | "requestId" | "targets">;

export function templateText({ template, ownTemplate }: Question): string {
	return template === "own" ? ownTemplate : PROMPT_TEMPLATES[template];
}

/** The choice that a run's template is. */
export function templateChoice(text: string): Pick<Question, "template" | "ownTemplate"> {
	for (const name of ["plain", "gsm8k", "math"] as const)
		if (PROMPT_TEMPLATES[name] === text) return { template: name, ownTemplate: text };
	return { template: "own", ownTemplate: text };
}

/** What keeps the question from being asked, in words; null where nothing does. */
export function problemOf(question: Question, canGuide: boolean): string | null {
	if (question.prompt.trim() === "") return "Write a problem, or take one.";
	if (!templateSchema.safeParse(templateText(question)).success)
		return "The template must hold {problem} exactly once.";
	if (isGuided(question) && !canGuide) return "Guided decoding needs a DQO or DRO run on one side.";
	const numbers = [question.maxNewTokens, question.seed];
	if (question.decoding !== "greedy")
		numbers.push(question.temperature, question.topK, question.threshold, question.topP);
	if (isGuided(question)) numbers.push(question.n);
	if (question.decoding === "beam") numbers.push(question.beams);
	return numbers.includes(undefined) ? "A number of the decoding is missing or out of its bounds." : null;
}

export function isGuided({ decoding }: Question): boolean {
	return decoding === "best-of-n" || decoding === "beam";
}

/** The question as the service takes it; ask `problemOf` first. */
export function toAsk(question: Question): AskInput {
	const { decoding, prompt, task, reference, n = 1, beams = 1 } = question;
	const maxNewTokens = question.maxNewTokens ?? PAPER_SAMPLING.maxNewTokens;
	const {
		temperature = PAPER_SAMPLING.temperature,
		topK = PAPER_SAMPLING.topK,
		threshold = PAPER_SAMPLING.threshold,
		topP = PAPER_SAMPLING.topP,
		seed = PAPER_SAMPLING.seed,
	} = question;
	return {
		prompt,
		template: templateText(question),
		// A verdict needs both: how an answer is found, and what it should be.
		task: task === "none" || reference.trim() === "" ? null : task,
		reference: reference.trim() === "" ? null : reference,
		sampling:
			decoding === "greedy"
				? { ...GREEDY_SAMPLING, n: 1, seed, maxNewTokens }
				: { n: 1, temperature, topK, threshold, topP, greedy: false, seed, maxNewTokens },
		guided:
			decoding === "best-of-n"
				? { type: "best-of-n", n }
				: decoding === "beam"
					? { type: "beam", n, beams }
					: null,
	};
}

/** `model:ID`, or `run:CHECKPOINT:ID`: an id may hold anything, so it stands last. */
export function keyOf(ref: ModelRef): string {
	return ref.type === "model" ? `model:${ref.id}` : `run:${ref.checkpoint}:${ref.id}`;
}

export function withCheckpoint(ref: ModelRef, text: string): ModelRef {
	if (ref.type === "model") return ref;
	return { ...ref, checkpoint: text === "best" || text === "last" ? text : Number(text) };
}
