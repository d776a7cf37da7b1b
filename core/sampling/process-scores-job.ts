import { createHash } from "node:crypto";
import type { JobContext } from "../contract/job.ts";
import type { ProcessScoresResult, ProcessScoresSpec } from "../contract/jobs.ts";
import { openPolicy } from "../export/run-policy.ts";
import { graders } from "../grading/grader.ts";
import type { Tensors } from "../models/network.ts";
import { segmentEnds } from "../tokenizers/segment-ends.ts";
import { loadTokenizer, type Tokenizer } from "../tokenizers/tokenizer.ts";
import { type Prefix, segmentScores, walkPrefixes } from "./process-scores.ts";
import { ProgressReporter } from "./progress.ts";
import { chunksOf, loadResponses, type Response } from "./responses.ts";
import { type FileRow, RowsFile } from "./rows-file.ts";
import type { Sampler } from "./sampler.ts";
import { withSampler } from "./with-sampler.ts";

/**
 * Wrong responses walked together: enough to fill the sampler's batches, and few enough with a large model that a stop
 * loses minutes. An estimate and no clock, so that a job that goes on makes the chunks of the one that was interrupted.
 */
const MOST_WRONG = 256;
const CHUNK_WORK = 2e9;

/** Completions drawn of a prefix at first: most prefixes that can be completed need no more to show it. */
const FIRST_ROLLOUTS = 4;

/**
 * Scores the segments of responses by prefix roll-outs (section 4.4, figure 1) and writes one JSON line each, grouped by prompt,
 * in the scored form that trains as it is: the body of a `process-scores` job. Chunks of prompts are scored one after the
 * other; a stop keeps those done in `<outPath>.partial`, from where the job can be resumed.
 */
export async function processScoresJob(
	spec: ProcessScoresSpec,
	context: JobContext,
	mostWrong = MOST_WRONG,
): Promise<ProcessScoresResult> {
	const started = performance.now();
	context.emit({ type: "phase", phase: "load" });
	const policy = await openPolicy(spec.modelDir, spec.checkpoint);
	const tokenizer = await loadTokenizer(policy.modelDir);
	const { prompts, dataHash, skipped } = await loadResponses(spec, tokenizer, policy.config);
	const chunks = chunksOf(prompts, Math.max(4, Math.min(mostWrong, CHUNK_WORK / weightsOf(policy.tensors))));
	const { task, template, separator, maxPromptTokens, limit } = spec;
	const settings = { model: policy.contentHash, data: dataHash, task, template, separator };
	const file = new RowsFile(spec.outPath, {
		settings: { ...settings, maxPromptTokens, limit, ...spec.sampling },
		resume: spec.resume ?? false,
		complete: (rows) => {
			const sizes = chunks.map((_, i) => chunks.slice(0, i + 1).flat(2).length);
			return sizes.findLast((size) => size <= rows.length) ?? 0;
		},
	});
	const counts = { responses: 0, correct: 0, recovered: 0, segments: 0 };
	const tally = (row: FileRow) => {
		const scores = row.segment_rewards as number[];
		counts.responses++;
		counts.segments += scores.length;
		if (row.label === true) counts.correct++;
		else if (scores[0] === 1) counts.recovered++;
	};
	for (const row of file.kept) tally(row);
	const spent = { prefixes: 0, reusedPrefixes: 0, rolloutTokens: 0 };
	try {
		await withSampler(policy, spec.threads, async (sampler) => {
			let done = 0;
			const todo: Response[][] = [];
			for (const chunk of chunks) {
				const rows = chunk.flat();
				if (todo.length > 0 || done + rows.length > file.kept.length) todo.push(rows);
				else done += rows.length;
			}
			const total = prefixesOf(chunks.flat(2));
			let visited = total - prefixesOf(todo.flat());
			const progress = new ProgressReporter(context, "generate", visited);
			for (const rows of todo) {
				const wrong = rows.filter(({ correct }) => !correct);
				const walked = await walkPrefixes(
					wrong.map(({ promptIndex, tokens, segments }) => ({
						promptIndex,
						tokens,
						ends: segmentEnds(tokens, segments, tokenizer),
					})),
					async (prefixes, visitedHere) => {
						spent.prefixes += prefixes.length;
						return rollOut(prefixes, { spec, sampler, tokenizer, rows }, context, spent, () =>
							progress.report(visited + visitedHere, total),
						);
					},
				);
				if (walked === null) return;
				spent.reusedPrefixes += walked.reused;
				const good = new Map(wrong.map((response, i) => [response, walked.good[i] as number]));
				for (const response of rows) {
					const row = toRow(response, good.get(response) ?? response.segments.length);
					file.append(row);
					tally(row);
				}
				visited += prefixesOf(rows);
				await progress.report(visited, total);
				if (context.stopRequested()) return;
			}
		});
	} catch (error) {
		file.keepPartial(counts.responses);
		throw error;
	}
	const all = chunks.flat(2).length;
	const stopped = counts.responses < all;
	if (stopped) {
		file.keepPartial(counts.responses);
		const kept = `Stopped after ${counts.responses} of ${all} responses`;
		context.emit({ type: "log", message: `${kept}; go on from them with --resume.` });
	} else {
		file.finish();
	}
	return {
		reason: stopped ? "stopped" : "completed",
		outPath: stopped ? file.partialPath : file.path,
		...counts,
		skipped,
		resumed: file.kept.length,
		...spent,
		wallSeconds: (performance.now() - started) / 1000,
	};
}

interface RollOutContext {
	readonly spec: ProcessScoresSpec;
	readonly sampler: Sampler;
	readonly tokenizer: Tokenizer;
	readonly rows: readonly Response[];
}

/** Whether a completion of each prefix is correct; null when a stop was asked for. A prefix is read once for its roll-outs. */
async function rollOut(
	prefixes: readonly Prefix[],
	{ spec, sampler, tokenizer, rows }: RollOutContext,
	context: JobContext,
	spent: { rolloutTokens: number },
	onProgress: () => Promise<void>,
): Promise<boolean[] | null> {
	const prompts = new Map(rows.map((row) => [row.promptIndex, row]));
	const reached = prefixes.map(() => false);
	const { n } = spec.sampling;
	const rounds = n > FIRST_ROLLOUTS ? [FIRST_ROLLOUTS, n - FIRST_ROLLOUTS] : [n];
	for (const [round, count] of rounds.entries()) {
		const open = [...prefixes.entries()].flatMap(([i, prefix]) => {
			const { prompt, promptKey, reference } = prompts.get(prefix.promptIndex) as Response;
			const input = [...prompt, ...prefix.tokens];
			if (reached[i] || input.length > sampler.config.maxPosition) return [];
			return [{ i, prefix, input, reference, stream: streamOf(promptKey, prefix.tokens, round) }];
		});
		const generation = sampler.generate(
			open.map(({ input }) => input),
			{
				...spec.sampling,
				n: count,
				streams: open.map(({ stream }) => stream),
				eosIds: tokenizer.eosIds,
				shouldStop: context.stopRequested,
				onProgress,
			},
		);
		let answered = 0;
		for await (const completions of generation) {
			answered++;
			const asked = open[completions[0]?.promptIndex as number];
			if (!asked) throw new Error("The sampler completed a prefix that was not asked for.");
			const { i, prefix, reference } = asked;
			reached[i] = completions.some(({ tokens }) => {
				const whole = tokenizer.decode([...prefix.tokens, ...tokens]);
				return graders[spec.task].grade(whole, reference).correct;
			});
			spent.rolloutTokens += completions.reduce((sum, { tokens }) => sum + tokens.length, 0);
		}
		if (answered < open.length) return null;
	}
	return reached;
}

/** The noise of a prefix depends on what it is and not on its place, so that it is completed alike wherever it is met. */
function streamOf(promptKey: string, tokens: readonly number[], round: number): number {
	return createHash("sha256")
		.update(`${promptKey}:${tokens.join(",")}:${round}`)
		.digest()
		.readUInt32LE();
}

/** Prefixes that a walk can visit at most; correct responses need none. */
function prefixesOf(responses: readonly Response[]): number {
	return responses.reduce((sum, { correct, segments }) => sum + (correct ? 0 : segments.length - 1), 0);
}

function weightsOf(tensors: Tensors): number {
	return [...tensors.values()].reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
}

function toRow({ example, correct, segments }: Response, good: number): FileRow {
	return {
		prompt: example.prompt,
		completion: example.response,
		label: correct,
		reward: example.reward ?? Number(correct),
		reference: example.reference,
		source: example.source,
		segments,
		segment_rewards: segmentScores(segments.length, good),
		response_token_ids: example.responseTokenIds,
		behaviour_logprobs: example.behaviourLogprobs,
	};
}
