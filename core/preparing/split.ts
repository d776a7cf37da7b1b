import { join } from "node:path";
import { AppError } from "../contract/errors.ts";
import type { JobContext } from "../contract/job.ts";
import type { SplitResult, SplitSpec } from "../contract/jobs.ts";
import { loadDataset } from "../datasets/dataset.ts";
import { requireClean } from "../datasets/problems.ts";
import { splitByPrompt } from "../datasets/split.ts";
import { requireFree, stoppedError, writeRowFiles } from "./files.ts";
import { rowOf } from "./rows.ts";

const PARTS = ["train", "validation", "test"] as const;

/**
 * Writes a data set as up to three files, all rows of a prompt in one of them: the body of a `split` job. The same prompts
 * and seed always make the same split. Throws `usage` where a file is in the way; a stop writes nothing.
 */
export async function splitJob(spec: SplitSpec, context: JobContext): Promise<SplitResult> {
	const { dataPath, columns, outDir, validation, test, seed } = spec;
	const shares = { train: 1 - validation - test, validation, test };
	if (shares.train <= 0) {
		throw new AppError({
			code: "usage",
			message: `Shares of ${validation} and ${test} leave nothing to train on.`,
			hint: "Give shares that add up to less than 1.",
		});
	}
	const pathOf = (name: (typeof PARTS)[number]) => join(outDir, `${name}.jsonl`);
	for (const name of PARTS) if (shares[name] > 0) requireFree(pathOf(name));
	context.emit({ type: "phase", phase: "load" });
	const dataset = await loadDataset(dataPath, { columns });
	requireClean(dataset, spec.invalidRows);
	const split = splitByPrompt(dataset.examples, shares, seed);
	await context.yieldToEventLoop();
	if (context.stopRequested()) throw stoppedError();
	const parts = PARTS.filter((name) => split[name].length > 0);
	writeRowFiles(new Map(parts.map((name) => [pathOf(name), split[name].map(rowOf)])));
	return {
		reason: "completed",
		parts: parts.map((name) => ({
			name,
			path: pathOf(name),
			prompts: new Set(split[name].map(({ promptKey }) => promptKey)).size,
			rows: split[name].length,
		})),
	};
}
