import type { JobContext } from "../contract/job.ts";
import type { GenerateResult, GenerateSpec } from "../contract/jobs.ts";
import { openPolicy } from "../export/run-policy.ts";
import { graders } from "../grading/grader.ts";
import type { Verdict } from "../grading/verdict.ts";
import { loadTokenizer } from "../tokenizers/tokenizer.ts";
import { ProgressReporter } from "./progress.ts";
import { type EncodedPrompt, loadPrompts, promptText } from "./prompts.ts";
import { RowsFile } from "./rows-file.ts";
import type { Generated } from "./types.ts";
import { withSampler } from "./with-sampler.ts";

/** Responses shown as they come, one a prompt. */
const SHOWN_SAMPLES = 5;

/**
 * Samples responses to the prompts of a data set and writes one JSON line each, in a form that trains as it is: the body
 * of a `generate` job. A stop keeps the prompts done so far in `<outPath>.partial`.
 */
export async function generateJob(spec: GenerateSpec, context: JobContext): Promise<GenerateResult> {
	const started = performance.now();
	context.emit({ type: "phase", phase: "load" });
	const policy = await openPolicy(spec.modelDir);
	const tokenizer = await loadTokenizer(policy.modelDir);
	const { prompts, skipped } = await loadPrompts(spec, tokenizer, policy.config);
	const file = new RowsFile(spec.outPath);
	const counts = { prompts: 0, responses: 0, correct: 0, responseTokens: 0, truncated: 0 };
	try {
		await withSampler(policy, spec.threads, async (sampler) => {
			const progress = new ProgressReporter(context, "generate");
			const generation = sampler.generate(
				prompts.map(({ tokens }) => tokens),
				{
					...spec.sampling,
					eosIds: tokenizer.eosIds,
					shouldStop: context.stopRequested,
					onProgress: ({ responsesDone, responsesTotal }) => progress.report(responsesDone, responsesTotal),
				},
			);
			for await (const responses of generation) {
				for (const generated of responses) {
					const prompt = prompts[generated.promptIndex] as EncodedPrompt;
					const text = tokenizer.decode(generated.tokens);
					const verdict =
						spec.task === null ? null : graders[spec.task].grade(text, prompt.reference as string);
					file.append(toRow(prompt, generated, text, verdict, spec.sampling.seed));
					counts.responses++;
					counts.responseTokens += generated.tokens.length;
					if (!generated.finished) counts.truncated++;
					if (verdict?.correct) counts.correct++;
					if (counts.prompts < SHOWN_SAMPLES && generated.sampleIndex === 0) {
						const { row, reference } = prompt;
						const correct = verdict?.correct ?? null;
						const shown = { row, prompt: promptText(prompt.prompt), response: text, reference, correct };
						context.emit({ type: "sample", sample: shown });
					}
				}
				counts.prompts++;
			}
		});
	} catch (error) {
		file.keepPartial(counts.responses);
		throw error;
	}
	const stopped = counts.prompts < prompts.length;
	if (stopped) {
		file.keepPartial(counts.responses);
		const kept = `Stopped after ${counts.prompts} of ${prompts.length} prompts`;
		context.emit({ type: "log", message: `${kept}; their responses are in ${file.partialPath}.` });
	} else {
		file.finish();
	}
	return {
		reason: stopped ? "stopped" : "completed",
		outPath: stopped ? file.partialPath : file.path,
		...counts,
		correct: spec.task === null ? null : counts.correct,
		skippedPrompts: skipped,
		wallSeconds: (performance.now() - started) / 1000,
	};
}

/** One line of the output. Log-probs carry seven digits, all that float32 holds. */
function toRow(
	{ prompt, reference }: EncodedPrompt,
	{ tokens, logProbs, finished, sampleIndex }: Generated,
	text: string,
	verdict: Verdict | null,
	seed: number,
): Record<string, unknown> {
	return {
		prompt,
		completion: text,
		...(verdict === null ? {} : { label: verdict.correct, extracted: verdict.extracted }),
		...(reference === null ? {} : { reference }),
		finished,
		sample: sampleIndex,
		seed,
		response_token_ids: tokens,
		// Rounding may bring the log-probability of a certain token to just above 0.
		behaviour_logprobs: Array.from(logProbs, (x) => Math.min(0, Number(x.toPrecision(7)))),
	};
}
