import { AppError } from "../contract/errors.ts";
import type { JobContext } from "../contract/job.ts";
import type { InspectResult, InspectSpec } from "../contract/playground.ts";
import { PROMPT_TEMPLATES, type Task } from "../contract/task.ts";
import { graders } from "../grading/grader.ts";
import type { Verdict } from "../grading/verdict.ts";
import { toTokenScores } from "../sampling/token-scores.ts";
import { encodePrompt } from "../tokenizers/prompt.ts";
import { OpenModel } from "./open-model.ts";

/** V and log-probs of every token of a response that is given: the body of an `inspect` job. */
export async function inspectJob(spec: InspectSpec, context: JobContext): Promise<InspectResult> {
	const started = performance.now();
	context.emit({ type: "phase", phase: "load" });
	return OpenModel.with(spec.model, spec.threads, async (model) => {
		const { tokenizer } = model;
		const prompt = promptTokens(spec, model);
		const tokens = spec.responseTokenIds ?? endedTokens(spec.response, model);
		checkLength([...prompt, ...tokens], model);
		context.emit({ type: "phase", phase: "evaluate" });
		const [scores] = await model.score(prompt, [tokens]);
		if (!scores) throw new Error("one response gives one score");
		const verdict = verdictOf(tokenizer.decode(tokens), spec);
		const reward = verdict === null ? null : Number(verdict.correct);
		return {
			reason: "completed",
			step: model.step,
			promptTokens: prompt.length,
			scores: toTokenScores({ tokens, ...scores, reward }, spec.task, tokenizer),
			verdict,
			wallSeconds: (performance.now() - started) / 1000,
		};
	});
}

/** Tokens of the prompt under the template asked for, the run's own, or none. */
export function promptTokens(
	{ prompt, template }: Pick<InspectSpec, "prompt" | "template">,
	model: OpenModel,
): number[] {
	return encodePrompt(prompt, template ?? model.template ?? PROMPT_TEMPLATES.plain, model.tokenizer);
}

/** Null unless there is a task and a reference. */
export function verdictOf(
	response: string,
	{ task, reference }: { task: Task | null; reference: string | null },
): Verdict | null {
	if (task === null || reference === null) return null;
	// A grader may tell more than every grader does.
	const { correct, extracted, how } = graders[task].grade(response, reference);
	return { correct, extracted, how };
}

/** Throws `data-invalid` for tokens that the model has no place for or does not know. */
export function checkLength(tokens: readonly number[], { policy: { config } }: OpenModel): void {
	const unknown = tokens.find((id) => id >= config.vocabSize);
	// The last token is predicted and never read, so it needs no position.
	if (unknown === undefined && tokens.length <= config.maxPosition + 1) return;
	throw new AppError({
		code: "data-invalid",
		message:
			unknown === undefined
				? `Prompt and response have ${tokens.length} tokens; the model can read ${config.maxPosition}.`
				: `There is a token ${unknown}; the model knows ids below ${config.vocabSize}.`,
		hint: unknown === undefined ? "Shorten them." : "Take the tokens from this model's own tokenizer.",
	});
}

/** A response's tokens with an end token, as training reads it. */
function endedTokens(response: string, { tokenizer }: OpenModel): number[] {
	const ids = tokenizer.encode(response);
	const [eos] = tokenizer.eosIds;
	return eos === undefined || ids.at(-1) === eos ? ids : [...ids, eos];
}
