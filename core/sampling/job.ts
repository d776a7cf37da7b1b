import type { JobContext } from "../contract/job.ts";
import type { GenerateResult, GenerateSpec } from "../contract/jobs.ts";
import { promptKeyOf } from "../datasets/examples.ts";
import type { Prompt } from "../datasets/types.ts";
import { openPolicy } from "../export/run-policy.ts";
import { graders } from "../grading/grader.ts";
import { sha256 } from "../store/files.ts";
import { loadTokenizer, type Tokenizer } from "../tokenizers/tokenizer.ts";
import { ProgressReporter } from "./progress.ts";
import { type EncodedPrompt, loadPrompts, promptText } from "./prompts.ts";
import { type FileRow, RowsFile } from "./rows-file.ts";
import type { Generated } from "./types.ts";
import { withSampler } from "./with-sampler.ts";

/** Responses shown as they come, one a prompt. */
const SHOWN_SAMPLES = 5;

/**
 * Samples responses to the prompts of a data set and writes one JSON line each, in a form that trains as it is: the body
 * of a `generate` job. A stop keeps the prompts done so far in `<outPath>.partial`, from where the job can be resumed.
 */
export async function generateJob(spec: GenerateSpec, context: JobContext): Promise<GenerateResult> {
	const started = performance.now();
	context.emit({ type: "phase", phase: "load" });
	const policy = await openPolicy(spec.modelDir, spec.checkpoint);
	const tokenizer = await loadTokenizer(policy.modelDir);
	const { prompts, skipped } = await loadPrompts(spec, tokenizer, policy.config);
	const { task, template, maxPromptTokens, limit, dedupe = false, sampling } = spec;
	const data = sha256(JSON.stringify(prompts));
	const settings = { model: policy.contentHash, data, task, template, maxPromptTokens, limit, dedupe };
	const file = new RowsFile(spec.outPath, {
		settings: { ...settings, ...sampling },
		resume: spec.resume ?? false,
		complete: (rows) => rows.length - unfinishedTail(rows, sampling.n),
	});
	const counts = { responses: 0, correct: 0, responseTokens: 0, truncated: 0, duplicates: 0 };
	const tally = (row: FileRow) => {
		counts.responses++;
		counts.responseTokens += (row.response_token_ids as number[]).length;
		counts.duplicates += copiesOf(row) - 1;
		if (row.finished === false) counts.truncated++;
		if (row.label === true) counts.correct++;
	};
	for (const row of file.kept) tally(row);
	const keys = prompts.map(({ prompt }) => promptKeyOf(prompt));
	const kept = new Set(file.kept.map((row) => promptKeyOf(row.prompt as Prompt)));
	let promptsDone = kept.size;
	try {
		await withSampler(policy, spec.threads, async (sampler) => {
			const progress = new ProgressReporter(context, "generate", kept.size * sampling.n);
			const isDone = (promptIndex: number) => kept.has(keys[promptIndex] as string);
			const generation = sampler.generate(
				prompts.map(({ tokens }) => tokens),
				{
					...sampling,
					eosIds: tokenizer.eosIds,
					isDone,
					shouldStop: context.stopRequested,
					onProgress: ({ responsesDone, responsesTotal }) => progress.report(responsesDone, responsesTotal),
				},
			);
			for await (const responses of generation) {
				const promptIndex = responses[0]?.promptIndex as number;
				// The batch that the interruption broke off is drawn again, so that all comes out as without it.
				if (isDone(promptIndex)) continue;
				const prompt = prompts[promptIndex] as EncodedPrompt;
				const rows = responses.map((generated) => toRow(prompt, generated, spec, tokenizer));
				if (promptsDone < SHOWN_SAMPLES) show(prompt, rows[0] as FileRow, context);
				for (const row of dedupe ? distinct(rows) : rows) {
					file.append(row);
					tally(row);
				}
				promptsDone++;
			}
		});
	} catch (error) {
		file.keepPartial(counts.responses);
		throw error;
	}
	const stopped = promptsDone < prompts.length;
	if (stopped) {
		file.keepPartial(counts.responses);
		const done = `Stopped after ${promptsDone} of ${prompts.length} prompts`;
		context.emit({
			type: "log",
			message: `${done}; their responses are in ${file.partialPath}; go on with --resume.`,
		});
	} else {
		file.finish();
	}
	return {
		reason: stopped ? "stopped" : "completed",
		outPath: stopped ? file.partialPath : file.path,
		prompts: promptsDone,
		...counts,
		correct: task === null ? null : counts.correct,
		resumed: file.kept.length,
		skippedPrompts: skipped,
		wallSeconds: (performance.now() - started) / 1000,
	};
}

/** Rows at the end whose prompt did not get all of its n responses: a prompt's rows stand together. */
function unfinishedTail(rows: readonly FileRow[], n: number): number {
	const last = rows.at(-1);
	if (!last) return 0;
	const key = JSON.stringify(last.prompt);
	const before = rows.findLastIndex(({ prompt }) => JSON.stringify(prompt) !== key);
	const tail = rows.slice(before + 1);
	return tail.reduce((sum, row) => sum + copiesOf(row), 0) === n ? 0 : tail.length;
}

/** Draws of this very text that the row stands for. */
const copiesOf = (row: FileRow) => (row.copies as number | undefined) ?? 1;

/** The first row of each text, with the number of rows that have it. */
function distinct(rows: readonly FileRow[]): FileRow[] {
	const byText = new Map<unknown, FileRow>();
	for (const row of rows) {
		const first = byText.get(row.completion) ?? row;
		byText.set(row.completion, { ...first, copies: first === row ? 1 : copiesOf(first) + 1 });
	}
	return [...byText.values()];
}

function show({ row, prompt, reference }: EncodedPrompt, answer: FileRow, context: JobContext): void {
	const { completion, label, extracted } = answer as {
		completion: string;
		label?: boolean;
		extracted?: string | null;
	};
	const sample = {
		row,
		prompt: promptText(prompt),
		response: completion,
		reference,
		correct: label ?? null,
		extracted: extracted ?? null,
	};
	context.emit({ type: "sample", sample });
}

/** One line of the output. Log-probs carry seven digits, all that float32 holds. */
function toRow(
	{ prompt, reference }: EncodedPrompt,
	{ tokens, logProbs, finished, sampleIndex }: Generated,
	{ task, sampling: { seed } }: GenerateSpec,
	tokenizer: Tokenizer,
): FileRow {
	const text = tokenizer.decode(tokens);
	const verdict = task === null ? null : graders[task].grade(text, reference as string);
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
