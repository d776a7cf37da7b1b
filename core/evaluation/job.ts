import type { JobContext } from "../contract/job.ts";
import type { EvaluateResult, EvaluateSpec } from "../contract/jobs.ts";
import type { SamplingConfig } from "../contract/sampling.ts";
import { openPolicy } from "../export/run-policy.ts";
import { ProgressReporter } from "../sampling/progress.ts";
import { type EncodedPrompt, loadPrompts, promptText } from "../sampling/prompts.ts";
import { RowsFile } from "../sampling/rows-file.ts";
import type { Sampler } from "../sampling/sampler.ts";
import { withSampler } from "../sampling/with-sampler.ts";
import { loadTokenizer, type Tokenizer } from "../tokenizers/tokenizer.ts";
import { accuracyOf, answerProblems, type GradedResponse, meanAndStd } from "./accuracy.ts";

/** Graded answers shown while the job runs. */
const SHOWN_SAMPLES = 5;

/**
 * Measures a model's accuracy on a data set, greedy and sampled over several seeds: the body of an `evaluate` job. A stop
 * gives the greedy accuracy of the problems answered so far.
 */
export async function evaluateJob(spec: EvaluateSpec, context: JobContext): Promise<EvaluateResult> {
	const started = performance.now();
	context.emit({ type: "phase", phase: "load" });
	const policy = await openPolicy(spec.modelDir);
	const tokenizer = await loadTokenizer(policy.modelDir);
	const { prompts, skipped } = await loadPrompts(spec, tokenizer, policy.config);
	const file = spec.outPath === null ? null : new RowsFile(spec.outPath);
	let written = 0;
	try {
		const { greedy, sampled } = await withSampler(policy, spec.threads, (sampler) =>
			measure(spec, context, prompts, sampler, tokenizer),
		);
		for (const answer of greedy) {
			file?.append(toRow(prompts[answer.problem] as EncodedPrompt, answer));
			written++;
		}
		const complete = greedy.length === prompts.length && sampled.length === spec.sampledSeeds;
		if (complete) file?.finish();
		else file?.keepPartial(written);
		return {
			reason: complete ? "completed" : "stopped",
			greedy: { accuracy: accuracyOf(greedy), n: greedy.length },
			sampled: sampled.length === 0 ? null : { ...meanAndStd(sampled), n: sampled.length },
			skippedPrompts: skipped,
			wallSeconds: (performance.now() - started) / 1000,
		};
	} catch (error) {
		file?.keepPartial(written);
		throw error;
	}
}

/** Greedy answers to all problems, then the accuracy of one sampled pass for each seed. */
async function measure(
	spec: EvaluateSpec,
	context: JobContext,
	prompts: readonly EncodedPrompt[],
	sampler: Sampler,
	tokenizer: Tokenizer,
): Promise<{ greedy: GradedResponse[]; sampled: number[] }> {
	const progress = new ProgressReporter(context, "evaluate");
	const total = prompts.length * (1 + spec.sampledSeeds);
	const pass = (sampling: SamplingConfig, before: number) =>
		answerProblems(prompts, {
			sampler,
			tokenizer,
			task: spec.task,
			sampling,
			shouldStop: context.stopRequested,
			onProgress: (answered) => progress.report(before * prompts.length + answered, total),
		});
	const greedy = await pass({ ...spec.sampling, greedy: true }, 0);
	for (const { problem, response, verdict } of greedy.slice(0, SHOWN_SAMPLES)) {
		const { row, prompt, reference } = prompts[problem] as EncodedPrompt;
		const sample = { row, prompt: promptText(prompt), response, reference, correct: verdict.correct };
		context.emit({ type: "sample", sample });
	}
	const sampled: number[] = [];
	for (let i = 0; i < spec.sampledSeeds && !context.stopRequested(); i++) {
		const answers = await pass({ ...spec.sampling, greedy: false, seed: spec.sampling.seed + i }, 1 + i);
		if (answers.length === prompts.length) sampled.push(accuracyOf(answers));
	}
	return { greedy, sampled };
}

function toRow(
	{ row, prompt, reference }: EncodedPrompt,
	{ response, verdict, finished }: GradedResponse,
): Record<string, unknown> {
	const { correct, extracted, how } = verdict;
	return { prompt, completion: response, label: correct, reference, extracted, how, finished, row };
}
