import { defineCommand } from "../command.ts";
import { needed, number } from "../options.ts";
import { runJob } from "../run-job.ts";
import { columns, invalidRows, path, seed } from "./shared.ts";

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
		"invalid-rows": invalidRows,
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
	async run({ data, columns, out, ratio, seed, "invalid-rows": invalidRows }, context) {
		const {
			reason: _,
			outPath,
			...counts
		} = await runJob<"pairs">(
			{
				kind: "pairs",
				dataPath: data,
				columns,
				invalidRows,
				outPath: out,
				ratio: ratio ?? PAPER_RATIO,
				seed: seed ?? 0,
				eventsPath: null,
			},
			context,
		);
		const { pairs, possible, trajectories, prompts, promptsWithoutPair, unscored } = counts;
		const lines = [
			`${pairs} of ${possible} possible pairs, from ${trajectories} responses to ${prompts} prompts`,
			`${promptsWithoutPair} prompts had no pair: all their responses are correct, or all are wrong`,
			...(unscored > 0 ? [`${unscored} rows without a scored response were left out`] : []),
			outPath,
		];
		return { json: { ...counts, out: outPath }, text: lines.join("\n") };
	},
});
