import type { SamplingConfig } from "../contract/sampling.ts";
import type { Task } from "../contract/task.ts";
import { graders } from "../grading/grader.ts";
import type { Verdict } from "../grading/verdict.ts";
import type { EncodedPrompt } from "../sampling/prompts.ts";
import type { Sampler } from "../sampling/sampler.ts";
import type { Generated } from "../sampling/types.ts";
import type { Tokenizer } from "../tokenizers/tokenizer.ts";

/** One graded response to a problem. */
export interface GradedResponse {
	/** Number of the problem in the list asked. */
	readonly problem: number;
	readonly response: string;
	readonly verdict: Verdict;
	readonly generated: Generated;
}

export interface AccuracyOptions {
	readonly sampler: Sampler;
	readonly tokenizer: Tokenizer;
	readonly task: Task;
	readonly sampling: SamplingConfig;
	/** Called between runs with the problems answered so far. */
	readonly onProgress?: (answered: number) => Promise<void>;
	readonly shouldStop?: () => boolean;
}

/** One response to each problem, graded, in the problems' order; a stop leaves problems out. Every prompt needs a reference. */
export async function answerProblems(
	problems: readonly EncodedPrompt[],
	options: AccuracyOptions,
): Promise<GradedResponse[]> {
	const { sampler, tokenizer, task, sampling, onProgress, shouldStop } = options;
	const all = await sampler.generateAll(
		problems.map(({ tokens }) => tokens),
		{
			...sampling,
			n: 1,
			eosIds: tokenizer.eosIds,
			...(shouldStop ? { shouldStop } : {}),
			...(onProgress ? { onProgress: ({ responsesDone }) => onProgress(responsesDone) } : {}),
		},
	);
	return gradeAll(problems, all.flat(), task, tokenizer);
}

/** Grades responses to problems, each against its problem's reference. */
export function gradeAll(
	problems: readonly EncodedPrompt[],
	responses: readonly Generated[],
	task: Task,
	tokenizer: Tokenizer,
): GradedResponse[] {
	return responses.map((generated) => {
		const problem = generated.promptIndex;
		const { reference } = problems[problem] as EncodedPrompt;
		if (reference === null) throw new Error(`problem ${problem} has no reference to grade against`);
		const response = tokenizer.decode(generated.tokens);
		return { problem, response, verdict: graders[task].grade(response, reference), generated };
	});
}

/** Share of correct responses, 0 to 1; 0 of none is 0. */
export function accuracyOf(answers: readonly GradedResponse[]): number {
	return answers.length === 0 ? 0 : answers.filter(({ verdict }) => verdict.correct).length / answers.length;
}

/** Mean and sample standard deviation (n - 1; 0 for a single value). */
export function meanAndStd(values: readonly number[]): { mean: number; std: number } {
	const n = values.length;
	const mean = values.reduce((sum, x) => sum + x, 0) / n;
	const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
	return { mean, std: n > 1 ? Math.sqrt(squares / (n - 1)) : 0 };
}
