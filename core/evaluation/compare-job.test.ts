import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type CompareSpec, comparedRowSchema, compareResultSchema } from "../contract/comparison.ts";
import { PAPER_SAMPLING } from "../contract/sampling.ts";
import { PROMPT_TEMPLATES } from "../contract/task.ts";
import { writeTinyModel } from "../models/testing/tiny-model.ts";
import { recordingContext } from "../sampling/testing/context.ts";
import { temporaryFolder } from "../store/testing/temporary-folder.ts";
import { compareJob } from "./compare-job.ts";
import { evaluateJob } from "./job.ts";

const starter = new URL("../../resources/starter/", import.meta.url).pathname;
const dir = temporaryFolder();
const model = { type: "model" as const, dir: join(starter, "model"), checkpoint: "best" as const };
const tiny = { ...model, dir: writeTinyModel(join(dir, "tiny")) };

const problems: NonNullable<CompareSpec["problems"]> = {
	...{ dataPath: join(starter, "data/test.jsonl"), task: "gsm8k", template: PROMPT_TEMPLATES.plain },
	...{ sampling: { ...PAPER_SAMPLING, n: 1, maxNewTokens: 48 }, sampledSeeds: 0 },
	...{ maxPromptTokens: 256, limit: 20 },
};
const specOf = (change: Partial<CompareSpec>): CompareSpec => ({
	...{ kind: "compare", a: tiny, b: model, problems, seed: 0, outPath: null, threads: 1, eventsPath: null },
	...change,
});

describe("a compare job", () => {
	it("evaluates both sides with one progress, and writes what each answered", async () => {
		const outPath = join(dir, "rows.jsonl");
		const { context, events } = recordingContext();
		const result = compareResultSchema.parse(await compareJob(specOf({ outPath }), context));
		const { comparison } = result;
		const alone = await evaluateJob(
			{ kind: "evaluate", modelDir: model.dir, ...problems, outPath: null, threads: 1, eventsPath: null },
			recordingContext().context,
		);
		expect(comparison.b.accuracy).toBe(alone.greedy.accuracy);
		expect(comparison).toMatchObject({ n: 20, a: { correct: 0 }, wonByA: [] });
		expect(comparison.wonByB).toHaveLength(comparison.b.correct);

		const lines = readFileSync(outPath, "utf8").trim().split("\n");
		const rows = lines.map((line) => comparedRowSchema.parse(JSON.parse(line)));
		expect(rows.map(({ row }) => row)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
		expect(rows.filter(({ b }) => b.label)).toHaveLength(comparison.b.correct);
		expect(rows.every(({ reference }) => reference?.includes("####"))).toBe(true);

		const progress = events.flatMap((event) => (event.type === "progress" ? [event] : []));
		const done = progress.map((event) => event.done);
		expect(done).toEqual([...done].sort((x, y) => x - y));
		expect(progress.at(-1)).toMatchObject({ done: 40, total: 40, secondsLeft: 0 });
	});

	it("takes the records of an evaluation for a side", async () => {
		const path = join(dir, "records.jsonl");
		await evaluateJob(
			{ kind: "evaluate", modelDir: model.dir, ...problems, outPath: path, threads: 1, eventsPath: null },
			recordingContext().context,
		);
		const { comparison } = await compareJob(
			specOf({ a: { type: "records", path }, b: model }),
			recordingContext().context,
		);
		expect(comparison).toMatchObject({ difference: 0, bothCorrect: comparison.a.correct });
	});

	it("writes nothing when it is stopped, and asks for problems where it needs them", async () => {
		const outPath = join(dir, "stopped.jsonl");
		const stopped = compareJob(specOf({ outPath }), recordingContext(1).context);
		await expect(stopped).rejects.toMatchObject({ code: "cancelled" });
		expect([existsSync(outPath), existsSync(`${outPath}.partial`)]).toEqual([false, false]);
		const without = compareJob(specOf({ problems: null }), recordingContext().context);
		await expect(without).rejects.toMatchObject({ code: "usage" });
	});
});
