import { defineCommand } from "../command.ts";
import { table } from "../format.ts";
import { needed, number } from "../options.ts";
import { runJob } from "../run-job.ts";
import { columns, invalidRows, path, seed } from "./shared.ts";

const VALIDATION = 0.1;

export const split = defineCommand({
	name: "split",
	summary: "divide a data set by prompt into files to train, validate and test on",
	about:
		"All rows of a prompt fall into one file, so that nothing is measured on a prompt that was trained on. The files hold the\n" +
		"columns that are known here, whatever the format of the data. The data file itself is never changed.",
	options: {
		data: needed(path("FILE", "rows of any known form")),
		columns,
		"invalid-rows": invalidRows,
		out: needed(path("DIR", "folder for train.jsonl, validation.jsonl and test.jsonl")),
		validation: number("share of prompts to validate on", { min: 0, max: 0.99 }, String(VALIDATION)),
		test: number("share of prompts to test on", { min: 0, max: 0.99 }, "0"),
		seed,
	},
	examples: [
		{
			line: "dqo split --data labelled.jsonl --out data",
			does: "nine tenths to train on, one to validate on",
		},
		{
			line: "dqo split --data all.csv --out data --validation 0.1 --test 0.2 --seed 1",
			does: "three files, by another seed",
		},
	],
	async run({ data, columns, out, validation, test, seed, "invalid-rows": invalidRows }, context) {
		const { parts } = await runJob<"split">(
			{
				kind: "split",
				dataPath: data,
				columns,
				invalidRows,
				outDir: out,
				validation: validation ?? VALIDATION,
				test: test ?? 0,
				seed: seed ?? 0,
				eventsPath: null,
			},
			context,
		);
		const rows = parts.map((part) => [part.name, String(part.prompts), String(part.rows), part.path]);
		return { json: { parts }, text: table([["part", "prompts", "rows", "file"], ...rows]) };
	},
});
