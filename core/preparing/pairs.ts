import { AppError } from "../contract/errors.ts";
import type { JobContext } from "../contract/job.ts";
import type { PairsResult, PairsSpec } from "../contract/jobs.ts";
import { loadDataset } from "../datasets/dataset.ts";
import { isScored } from "../datasets/outcome.ts";
import { makePairs, pairRow } from "../datasets/pairs.ts";
import { requireClean } from "../datasets/problems.ts";
import { requireFree, stoppedError, writeRowFiles } from "./files.ts";

/** Builds preference pairs from labelled responses: the body of a `pairs` job. A stop writes nothing. */
export async function pairsJob(spec: PairsSpec, context: JobContext): Promise<PairsResult> {
	const { dataPath, columns, outPath, ratio, seed } = spec;
	requireFree(outPath);
	context.emit({ type: "phase", phase: "load" });
	const dataset = await loadDataset(dataPath, { columns });
	requireClean(dataset, spec.invalidRows);
	const { pairs, ...counts } = makePairs(dataset.examples, { ratio, seed });
	if (pairs.length === 0) throw noPairs(dataPath, counts);
	await context.yieldToEventLoop();
	if (context.stopRequested()) throw stoppedError();
	writeRowFiles(new Map([[outPath, pairs.map(pairRow)]]));
	const unscored = dataset.examples.filter((example) => !isScored(example)).length;
	return { reason: "completed", pairs: pairs.length, ...counts, unscored, outPath };
}

function noPairs(
	path: string,
	{ trajectories, prompts }: { trajectories: number; prompts: number },
): AppError {
	if (trajectories === 0) {
		return new AppError({
			code: "data-invalid",
			message: `${path} holds no response with a reward or a label.`,
			hint: "Sample responses with `dqo generate` and label them with `dqo grade`.",
		});
	}
	return new AppError({
		code: "data-invalid",
		message: `${path} makes no pair: none of its ${prompts} prompts has both a correct and a wrong response.`,
		hint: "Sample more responses per prompt with `dqo generate --n`, and label them with `dqo grade`.",
	});
}
