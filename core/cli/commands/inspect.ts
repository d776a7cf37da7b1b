import type { TokenScores } from "../../contract/token-scores.ts";
import { valueAfter } from "../../evaluation/segments.ts";
import { defineCommand } from "../command.ts";
import { table } from "../format.ts";
import { needed, text } from "../options.ts";
import { runJob } from "../run-job.ts";
import { computing, machineOf, oneCheckpoint, path, task, template } from "./shared.ts";

export const inspect = defineCommand({
	name: "inspect",
	summary: "what a model and its value function think of one response, token by token",
	about:
		"V, log pi and log pi_ref of every token, of a run's checkpoint or of a model; shown line by line, with --json token by\n" +
		"token. With a task and a reference the response is graded too.",
	options: {
		model: needed(path("DIR", "model folder in the Hugging Face layout, or a run's folder")),
		checkpoint: oneCheckpoint,
		prompt: needed(text("TEXT", "the problem")),
		response: needed(text("TEXT", "the response to it")),
		task,
		reference: text("TEXT", "reference answer, to grade against"),
		template: { ...template, fallback: "the run's own, or plain" },
		...computing,
	},
	examples: [
		{
			line: "dqo inspect --model runs/my-run --prompt \"What is 2 + 3?\" --response '2+3=6' --json",
			does: "where V falls",
		},
	],
	async run(given, context) {
		const { reason: _, ...result } = await runJob<"inspect">(
			{
				kind: "inspect",
				model: { dir: given.model, checkpoint: given.checkpoint ?? "best" },
				prompt: given.prompt,
				template: given.template ?? null,
				task: given.task ?? null,
				reference: given.reference ?? null,
				response: given.response,
				responseTokenIds: null,
				...machineOf(given),
				eventsPath: null,
			},
			context,
		);
		const { scores, verdict } = result;
		const lines = [table([["V after", "log pi", "log-ratio", "text"], ...segmentRows(scores)])];
		if (verdict !== null) {
			const read = verdict.extracted === null ? "no answer read" : `read "${verdict.extracted}"`;
			lines.push(`${verdict.correct ? "correct" : "wrong"}, ${read}`);
		}
		return { json: result, text: lines.join("\n") };
	},
});

/** One row for each segment: V after it, its log-prob, and by how much training has changed that. */
function segmentRows({ tokens, values, logProbs, referenceLogProbs, segmentEnds }: TokenScores): string[][] {
	const sum = (list: readonly number[], from: number, to: number) =>
		list.slice(from, to).reduce((total, x) => total + x, 0);
	return segmentEnds.map((end, i) => {
		const from = segmentEnds[i - 1] ?? 0;
		const own = sum(logProbs, from, end);
		return [
			values === null ? "-" : valueAfter(values, end - 1).toFixed(3),
			own.toFixed(2),
			referenceLogProbs === null ? "-" : (own - sum(referenceLogProbs, from, end)).toFixed(2),
			tokens.slice(from, end).join("").trimEnd(),
		];
	});
}
