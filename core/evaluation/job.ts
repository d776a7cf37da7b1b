import { existsSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../contract/errors.ts";
import type { JobContext } from "../contract/job.ts";
import type { EvaluateResult, EvaluateSpec } from "../contract/jobs.ts";
import type { SamplingConfig } from "../contract/sampling.ts";
import { openPolicy, type Policy } from "../export/run-policy.ts";
import { ProgressReporter } from "../sampling/progress.ts";
import { type EncodedPrompt, loadPrompts, promptText } from "../sampling/prompts.ts";
import { RowsFile } from "../sampling/rows-file.ts";
import type { Sampler } from "../sampling/sampler.ts";
import { digits } from "../sampling/token-scores.ts";
import { withSampler } from "../sampling/with-sampler.ts";
import { loadTokenizer, type Tokenizer } from "../tokenizers/tokenizer.ts";
import { answerProblems, type GradedResponse, gradeAll } from "./accuracy.ts";
import { generateGuided, lineBreakIds } from "./guided.ts";
import { scoreEnds, valuesOfAnswers } from "./score-responses.ts";
import { accuracyWithInterval, summariseSampled } from "./summary.ts";
import { runHasValueFunction, ValueScorer } from "./value-scorer.ts";

/** Graded answers shown while the job runs. */
const SHOWN_SAMPLES = 5;

/** What was measured; passes that a stop broke off are left out. */
interface Measured {
	readonly greedy: readonly GradedResponse[];
	readonly sampled: readonly GradedResponse[][];
	readonly guided: readonly GradedResponse[] | null;
	/** V at every token of the greedy answers, where the run has a value function. */
	readonly values: readonly Float32Array[] | null;
}

/**
 * Measures a model's accuracy on a data set, greedy and sampled over several seeds, and on request with responses chosen by a
 * run's value function: the body of an `evaluate` job. A stop gives the greedy accuracy of the problems answered so far.
 */
export async function evaluateJob(spec: EvaluateSpec, context: JobContext): Promise<EvaluateResult> {
	const started = performance.now();
	context.emit({ type: "phase", phase: "load" });
	const policy = await openPolicy(spec.modelDir, spec.checkpoint);
	const tokenizer = await loadTokenizer(policy.modelDir);
	const { prompts, skipped } = await loadPrompts(spec, tokenizer, policy.config);
	const valued = runHasValueFunction(spec.modelDir);
	if (spec.guided && !valued) throw noValueFunction(spec.modelDir);
	const file = spec.outPath === null ? null : new RowsFile(spec.outPath);
	let written = 0;
	try {
		const run = new Measurement(spec, context, prompts, tokenizer);
		const { greedy, sampled, guided, values } =
			valued && (spec.guided || file)
				? await ValueScorer.with(spec.modelDir, spec.threads, (scorer) => run.measure(policy, scorer))
				: await run.measure(policy, null);
		for (const answer of greedy) {
			const { problem } = answer;
			const record = toRow(prompts[problem] as EncodedPrompt, answer, values?.[written] ?? null);
			const samples = sampled.map((pass, i) => sampleOf(pass[problem] as GradedResponse, spec, i));
			const chosen = guided?.find((other) => other.problem === problem);
			file?.append({
				...record,
				...(samples.length > 0 ? { samples } : {}),
				...(chosen ? { guided: briefly(chosen) } : {}),
			});
			written++;
		}
		const complete =
			greedy.length === prompts.length &&
			sampled.length === spec.sampledSeeds &&
			(guided === null || guided.length === prompts.length);
		if (complete) file?.finish();
		else file?.keepPartial(written);
		return {
			reason: complete ? "completed" : "stopped",
			greedy: accuracyWithInterval(greedy),
			sampled: summariseSampled(sampled, spec.sampling.seed),
			guided: spec.guided && guided ? { decoding: spec.guided, ...accuracyWithInterval(guided) } : null,
			skippedPrompts: skipped,
			wallSeconds: (performance.now() - started) / 1000,
		};
	} catch (error) {
		file?.keepPartial(written);
		throw error;
	}
}

/** The passes of one evaluation, in order. */
class Measurement {
	private readonly spec: EvaluateSpec;
	private readonly context: JobContext;
	private readonly prompts: readonly EncodedPrompt[];
	private readonly tokenizer: Tokenizer;
	private readonly passes: number;

	constructor(
		spec: EvaluateSpec,
		context: JobContext,
		prompts: readonly EncodedPrompt[],
		tokenizer: Tokenizer,
	) {
		this.spec = spec;
		this.context = context;
		this.prompts = prompts;
		this.tokenizer = tokenizer;
		this.passes = 1 + spec.sampledSeeds + (spec.guided ? 1 : 0);
	}

	/** `scorer` gives V; null measures without. */
	measure(policy: Policy, scorer: ValueScorer | null): Promise<Measured> {
		return withSampler(policy, this.spec.threads, async (sampler) => {
			const { spec, context, prompts } = this;
			const progress = new ProgressReporter(context, "evaluate");
			const report = (passesDone: number) => (answered: number) =>
				progress.report(passesDone * prompts.length + answered, this.passes * prompts.length);
			const [checkpoint] = scorer?.select(spec.checkpoint ?? "best") ?? [];
			if (checkpoint) await scorer?.load(checkpoint.step);

			const greedy = await this.pass(sampler, { ...spec.sampling, greedy: true }, report(0));
			this.show(greedy);
			const sampled: GradedResponse[][] = [];
			for (let i = 0; i < spec.sampledSeeds && !context.stopRequested(); i++) {
				const sampling = { ...spec.sampling, greedy: false, seed: spec.sampling.seed + i };
				const answers = await this.pass(sampler, sampling, report(1 + i));
				if (answers.length === prompts.length) sampled.push(answers);
			}
			if (!scorer) return { greedy, sampled, guided: null, values: null };
			const guided = await this.guided(sampler, scorer, report(1 + spec.sampledSeeds));
			const values =
				spec.outPath === null
					? null
					: await valuesOfAnswers(
							scorer,
							prompts,
							greedy.map(({ generated }) => generated),
						);
			return { greedy, sampled, guided, values };
		});
	}

	private pass(sampler: Sampler, sampling: SamplingConfig, onProgress: (answered: number) => Promise<void>) {
		const { spec, context, prompts, tokenizer } = this;
		const shouldStop = context.stopRequested;
		return answerProblems(prompts, {
			...{ sampler, tokenizer, task: spec.task, sampling, shouldStop, onProgress },
		});
	}

	private async guided(
		sampler: Sampler,
		scorer: ValueScorer,
		onProgress: (answered: number) => Promise<void>,
	): Promise<GradedResponse[] | null> {
		const { spec, context, prompts, tokenizer } = this;
		if (!spec.guided) return null;
		const responses = await generateGuided(
			prompts.map(({ tokens }) => tokens),
			spec.guided,
			{
				sampler,
				scoreEnds: (beginnings) => scoreEnds(scorer, prompts, beginnings),
				sampling: spec.sampling,
				eosIds: tokenizer.eosIds,
				lineBreakIds: spec.guided.type === "beam" ? lineBreakIds(tokenizer) : [],
				onProgress,
				shouldStop: context.stopRequested,
			},
		);
		return gradeAll(prompts, responses, spec.task, tokenizer);
	}

	private show(answers: readonly GradedResponse[]): void {
		for (const { problem, response, verdict } of answers.slice(0, SHOWN_SAMPLES)) {
			const { row, prompt, reference } = this.prompts[problem] as EncodedPrompt;
			const { correct, extracted } = verdict;
			const sample = { row, prompt: promptText(prompt), response, reference, correct, extracted };
			this.context.emit({ type: "sample", sample });
		}
	}
}

function noValueFunction(dir: string): AppError {
	return new AppError({
		code: "config-invalid",
		message: existsSync(join(dir, "run.json"))
			? `The run in ${dir} was trained with a method that has no value function.`
			: `${dir} is a model, and a model alone has no value function.`,
		hint: "Give the folder of a run of --method dqo or dro, or decode greedily.",
	});
}

const briefly = ({ response, verdict: { correct, extracted } }: GradedResponse) => ({
	completion: response,
	label: correct,
	extracted,
});

const sampleOf = (answer: GradedResponse, { sampling }: EvaluateSpec, pass: number) => ({
	seed: sampling.seed + pass,
	...briefly(answer),
});

function toRow(
	{ row, prompt, reference }: EncodedPrompt,
	{ response, verdict, generated }: GradedResponse,
	values: Float32Array | null,
): Record<string, unknown> {
	const { correct, extracted, how } = verdict;
	const { finished, tokens, logProbs } = generated;
	return {
		...{ prompt, completion: response, label: correct, reference, extracted, how, finished, row },
		response_token_ids: tokens,
		logprobs: digits(logProbs),
		...(values === null ? {} : { values: digits(values) }),
	};
}
