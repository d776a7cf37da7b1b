import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type SplitSpec, splitResultSchema } from "../contract/jobs.ts";
import { loadDataset } from "../datasets/dataset.ts";
import { recordingContext } from "../sampling/testing/context.ts";
import { temporaryFolder } from "../store/testing/temporary-folder.ts";
import { gradeJob } from "./grade.ts";
import { pairsJob } from "./pairs.ts";
import { rowOf } from "./rows.ts";
import { splitJob } from "./split.ts";

const linesOf = (rows: readonly unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

function fileOf(rows: readonly unknown[] | string, name = "data.jsonl"): string {
	const path = join(temporaryFolder(), name);
	writeFileSync(path, typeof rows === "string" ? rows : linesOf(rows));
	return path;
}

const scored = Array.from({ length: 30 }, (_, i) => ({
	prompt: `What is ${i % 10} + 1?`,
	completion: `#### ${(i % 10) + (i < 15 ? 1 : 2)}`,
	label: i < 15,
	reference: `#### ${(i % 10) + 1}`,
}));

const contextThatStops = () => ({ ...recordingContext().context, stopRequested: () => true });

describe("rowOf", () => {
	const messages = [
		{ role: "user", content: "a" },
		{ role: "assistant", content: "b" },
	];
	it.each([
		["scored", [{ ...scored[0], response_token_ids: [1, 2], behaviour_logprobs: [-1, -2] }]],
		["rewarded", [{ prompt: "p", completion: "r", reward: 0.25, label: true }]],
		[
			"process scores",
			[{ prompt: "p", response: "a\nb", reward: 1, segments: ["a\n", "b"], segment_rewards: [1, 0.5] }],
		],
		["stepwise", [{ prompt: "p", completions: ["a", "b"], labels: [true, false], reference: "r" }]],
		[
			"preference",
			[{ prompt: "p", chosen: "a", rejected: "b", chosen_token_ids: [1], rejected_token_ids: [2] }],
		],
		["model outputs", [{ question: "q", ground_truth: "1", m: { solution: "s", is_correct: true } }]],
		["messages", [{ messages }]],
		[
			"ShareGPT",
			[
				{
					conversations: [
						{ from: "human", value: "a" },
						{ from: "gpt", value: "b" },
					],
					kto_tag: true,
				},
			],
		],
		["Alpaca", [{ instruction: "i", input: "n", output: "o" }]],
		["question and answer", [{ question: "q", answer: "#### 1" }]],
		["prompt only", [{ prompt: "p" }]],
	])("writes rows that read back as the examples they were: %s", async (_, rows) => {
		const before = await loadDataset(fileOf(rows));
		expect(before.problems.errors).toBe(0);
		const after = await loadDataset(fileOf(before.examples.map(rowOf)));
		expect(after.examples).toEqual(before.examples);
	});
});

describe("a grade job", () => {
	const spec = (dataPath: string, outPath: string | null) => ({
		...{ kind: "grade" as const, task: "gsm8k" as const, dataPath, outPath, eventsPath: null },
	});

	it("labels, compares with the labels there, and tells how far it is", async () => {
		const dataPath = fileOf(scored.map((row, i) => ({ ...row, label: i === 0 ? false : row.label })));
		const outPath = join(temporaryFolder(), "out.jsonl");
		const { context, events } = recordingContext();
		const result = await gradeJob(spec(dataPath, outPath), context);
		expect(result).toMatchObject({ graded: 30, correct: 15, labels: { compared: 30, agree: 29 } });
		expect(result.labels?.disagreements).toMatchObject([
			{ row: 1, label: false, graded: true, extracted: "1" },
		]);
		expect(events.at(-1)).toMatchObject({ type: "progress", phase: "grade", done: 30, total: 30 });
		expect((await loadDataset(outPath)).examples.map(({ label }) => label)).toEqual(
			scored.map(({ label }) => label),
		);
		await expect(gradeJob(spec(dataPath, outPath), context)).rejects.toMatchObject({ code: "usage" });
	});

	it("writes nothing when it is stopped", async () => {
		const rows = Array.from({ length: 300 }, (_, i) => ({ ...scored[0], prompt: `${i}` }));
		const outPath = join(temporaryFolder(), "out.jsonl");
		const stopped = gradeJob(spec(fileOf(rows), outPath), contextThatStops());
		await expect(stopped).rejects.toMatchObject({ code: "cancelled" });
		expect(existsSync(outPath)).toBe(false);
	});
});

describe("a pairs job", () => {
	it("writes pairs, and nothing when it is stopped", async () => {
		const outPath = join(temporaryFolder(), "pairs.jsonl");
		const spec = {
			kind: "pairs" as const,
			dataPath: fileOf(scored),
			outPath,
			ratio: 0.5,
			seed: 0,
			eventsPath: null,
		};
		await expect(pairsJob(spec, contextThatStops())).rejects.toMatchObject({ code: "cancelled" });
		expect(existsSync(outPath)).toBe(false);
		// Prompts 0 to 4 have two right answers and a wrong one, the others one right and two wrong ones: 20 pairs.
		const result = await pairsJob(spec, recordingContext().context);
		expect(result).toMatchObject({ pairs: 15, possible: 20, trajectories: 30, prompts: 10, unscored: 0 });
		expect((await loadDataset(outPath)).examples).toHaveLength(15);
	});
});

describe("a split job", () => {
	const specOf = (change: Partial<SplitSpec>): SplitSpec => ({
		...{ kind: "split", dataPath: fileOf(scored), outDir: join(temporaryFolder(), "out") },
		...{ validation: 0.2, test: 0.1, seed: 3, eventsPath: null, ...change },
	});
	const run = async (spec: SplitSpec) =>
		splitResultSchema.parse(await splitJob(spec, recordingContext().context));

	it("puts all rows of a prompt into one file, the same ones for a seed", async () => {
		const spec = specOf({});
		const { parts } = await run(spec);
		expect(parts.map(({ name, prompts, rows }) => [name, prompts, rows])).toEqual([
			["train", 7, 21],
			["validation", 2, 6],
			["test", 1, 3],
		]);
		const sets = await Promise.all(parts.map(async ({ path }) => (await loadDataset(path)).examples));
		expect(new Set(sets.flat().map(({ promptKey }) => promptKey)).size).toBe(10);
		const keys = sets.map((own) => new Set(own.map(({ promptKey }) => promptKey)).size);
		expect(keys).toEqual([7, 2, 1]);
		const again = await run(specOf({ dataPath: spec.dataPath }));
		for (const [i, { path }] of again.parts.entries())
			expect(readFileSync(path)).toEqual(readFileSync(parts[i]?.path as string));
	});

	it("reads CSV with columns of its own, and leaves out parts without a share", async () => {
		const csv = `frage;antwort\n${[1, 2, 3, 4].map((i) => `${i};a${i}`).join("\n")}\n`;
		const columns = { frage: "question", antwort: "answer" };
		const spec = specOf({ dataPath: fileOf(csv, "data.csv"), columns, validation: 0.25, test: 0 });
		await run(spec);
		expect(readdirSync(spec.outDir).sort()).toEqual(["train.jsonl", "validation.jsonl"]);
	});

	it("never writes over a file, and writes all or nothing", async () => {
		const spec = specOf({});
		await expect(splitJob(spec, contextThatStops())).rejects.toMatchObject({ code: "cancelled" });
		expect(existsSync(spec.outDir)).toBe(false);
		await run(spec);
		await expect(run(spec)).rejects.toMatchObject({ code: "usage" });
		await expect(run(specOf({ validation: 0.5, test: 0.5 }))).rejects.toMatchObject({ code: "usage" });
	});
});
