import { existsSync } from "node:fs";
import { AppError } from "../../contract/errors.ts";
import { loadDataset } from "../../datasets/dataset.ts";
import { isScored } from "../../datasets/outcome.ts";
import { makePairs, pairRow } from "../../datasets/pairs.ts";
import { requireClean } from "../../datasets/problems.ts";
import { atomicWrite } from "../../store/files.ts";
import { defineCommand } from "../command.ts";
import { needed, number, usageError } from "../options.ts";
import { columns, path, seed } from "./shared.ts";

/** The paper takes about half as many pairs for DPO as trajectories for DQO. */
const PAPER_RATIO = 0.5;

export const pairs = defineCommand({
	name: "pairs",
	summary: "build preference pairs for DPO from labelled responses",
	about:
		"Every correct response of a prompt is paired with every wrong one; of all these pairs a random part is kept.\n" +
		"Prompts whose responses are all correct or all wrong make no pair. The data file itself is never changed.",
	options: {
		data: needed(path("FILE", "responses with a reward or a label")),
		columns,
		out: needed(path("FILE.jsonl", "write the pairs here, ready for dqo train --method dpo")),
		ratio: number("pairs to keep for each response", { min: 0.001 }, String(PAPER_RATIO)),
		seed,
	},
	examples: [
		{
			line: "dqo pairs --data labelled.jsonl --out pairs.jsonl",
			does: "half as many pairs as responses, as in the paper",
		},
		{
			line: "dqo pairs --data labelled.jsonl --out more.jsonl --ratio 2 --seed 1 --json",
			does: "more pairs, drawn by another seed; the counts as JSON",
		},
	],
	async run({ data, columns, out, ratio, seed }) {
		if (existsSync(out)) {
			throw usageError(
				`${out} already exists.`,
				"Choose another name, or move that file away first; files are never overwritten.",
			);
		}
		const dataset = await loadDataset(data, { columns });
		requireClean(dataset);
		const { pairs, ...counts } = makePairs(dataset.examples, {
			ratio: ratio ?? PAPER_RATIO,
			seed: seed ?? 0,
		});
		if (pairs.length === 0) throw noPairs(data, counts);
		atomicWrite(out, pairs.map((pair) => `${JSON.stringify(pairRow(pair))}\n`).join(""));
		const unscored = dataset.examples.filter((example) => !isScored(example)).length;
		const lines = [
			`${pairs.length} of ${counts.possible} possible pairs, from ${counts.trajectories} responses to ${counts.prompts} prompts`,
			`${counts.promptsWithoutPair} prompts had no pair: all their responses are correct, or all are wrong`,
			...(unscored > 0 ? [`${unscored} rows without a scored response were left out`] : []),
			out,
		];
		return { json: { pairs: pairs.length, ...counts, unscored, out }, text: lines.join("\n") };
	},
});

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
